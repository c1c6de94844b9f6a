import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonicalCbor, cborToJson, checkCbor } from "../../host/kernel/index.ts";
import { refusal } from "../refusal.ts";

// The examples of RFC 8949's appendix A lie outside the project: DOTEROS_CONFORMANCE names their folder.
const FOLDER = process.env["DOTEROS_CONFORMANCE"] ?? join(import.meta.dirname, "../../../shared/conformance");
const FILE = join(FOLDER, "cbor/appendix_a.json");

interface Example {
  readonly hex: string;
  readonly roundtrip: boolean;
  readonly decoded?: unknown;
}

const examples = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Example[]) : [];
const bytesOf = ({ hex }: Example): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

const presence =
  examples.length > 0
    ? `has the ${examples.length} examples of RFC 8949's appendix A`
    : "skipped RFC 8949's appendix A: DOTEROS_CONFORMANCE names no folder with it";

it.each([presence])("%s", () => {
  expect(examples.length > 0).toBe(existsSync(FILE));
});

/** Simple values below 32 in two bytes were still well-formed in RFC 7049, from which the examples are; RFC 8949, 3.3 has them no more. */
const isOutdated = ({ hex }: Example): boolean => /^f8[01]/.test(hex);

it.each(examples.filter(isOutdated))("refuses appendix A's outdated $hex", (example) => {
  expect(refusal(() => checkCbor(bytesOf(example)))).toMatchObject({ code: "invalid-cbor", offset: 0 });
});

it.each(examples.filter((example) => !isOutdated(example)))("takes appendix A's $hex", (example) => {
  const bytes = bytesOf(example);
  checkCbor(bytes);
  const canonical = canonicalCbor(bytes);
  checkCbor(canonical, { deterministic: true });
  expect(canonical).toEqual(example.roundtrip ? bytes : canonicalCbor(canonical));
  // Bignums are base64url in JSON; what JSON has not is there in CBOR's own notation only.
  const hasJson = "decoded" in example && !/^c[23]/.test(example.hex);
  expect(hasJson ? JSON.parse(cborToJson(bytes)) : undefined).toEqual(hasJson ? example.decoded : undefined);
});
