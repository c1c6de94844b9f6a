import { describe, expect, it } from "vitest";
import { canonicalCbor, cborToJson, checkCbor, CborProjection, DoterosError, jsonToCbor } from "../../host/kernel/index.ts";
import { encodeCbor, itemAt, itemOfJson, jsonOf, parseCbor, type Item } from "../oracle/cbor.ts";
import { mutated, randomDocument, randomFrom, type Random } from "./cbor-random.ts";

// DOTEROS_FUZZ sets the number of cases, DOTEROS_SEED the first seed; each case is its own seed, told when it fails.
const CASES = Number(process.env["DOTEROS_FUZZ"] ?? 20_000);
const SEED = Number(process.env["DOTEROS_SEED"] ?? 1);
const MILLISECONDS_PER_CASE = 5;
const DEPTH = 6;
const DIFFERENCES_TOLD = 5;

const PATHS = [["station"], ["a", "b"], [0], [1, "celsius"], [3, 0], ["k7"], ["k7", 1], [-3], [""]];
const projection = new CborProjection(PATHS, { depth: DEPTH });

/** What `run` answers; the words "refused" when it refuses, and any other error as it is. */
function outcome<Value>(length: number, run: () => Value): Value | "refused" {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof DoterosError) || error.code === "internal") throw error;
    if (error.offset === undefined || error.offset < 0 || error.offset > length) throw error;
    return "refused";
  }
}

function attempt<Value>(run: () => Value): Value | "refused" {
  try {
    return run();
  } catch {
    return "refused";
  }
}

const hexOf = (bytes: Uint8Array | number[]): string => Buffer.from(bytes).toString("hex");

/** The kernel's answers to one document, and the oracle's. */
function answers(bytes: Uint8Array): { kernel: unknown; oracle: unknown } {
  const ask = <Value>(run: () => Value): Value | "refused" => outcome(bytes.length, run);
  const item = attempt(() => parseCbor(bytes, DEPTH));
  const canonical = attempt(() => hexOf(encodeCbor(itemOr(item))));
  const depth = { depth: DEPTH };
  const found = ask(() => projection.locate(bytes).map((slice) => slice && bytes.subarray(slice.offset, slice.offset + slice.length)));
  return {
    kernel: {
      check: ask(() => checkCbor(bytes, depth)),
      deterministic: ask(() => checkCbor(bytes, { ...depth, deterministic: true })),
      canonical: ask(() => hexOf(canonicalCbor(bytes, depth))),
      json: ask(() => cborToJson(bytes, depth)),
      // Of a broken document a projection may have seen only the part that is not.
      found: item === "refused" || found === "refused" ? item === "refused" : found.map((part) => part && parseCbor(part, DEPTH)),
    },
    oracle: {
      check: item === "refused" ? "refused" : undefined,
      deterministic: canonical === hexOf(bytes) ? undefined : "refused",
      canonical,
      json: attempt(() => jsonOf(itemOr(item))),
      found: item === "refused" ? true : PATHS.map((path) => itemAt(item, path)),
    },
  };
}

function itemOr(item: Item | "refused"): Item {
  if (item === "refused") throw new Error("no item");
  return item;
}

/** JSON text, sometimes broken. */
function randomJson(random: Random): string {
  const text = attempt(() => jsonOf(parseCbor(new Uint8Array(randomDocument(random, 4)), 10)));
  const at = random(text.length + 1);
  return random(3) === 0 ? text.slice(0, at) + '",:[]{}\\0e.- u1'.charAt(random(15)) + text.slice(at + random(2)) : text;
}

function jsonAnswers(text: string): { kernel: unknown; oracle: unknown } {
  const isFinite = attempt(() => JSON.stringify(JSON.parse(text, (_, value: unknown) => {
    if (value === Infinity || value === -Infinity) throw new Error("out of range");
    return value;
  }))) !== "refused";
  return {
    kernel: outcome(Buffer.byteLength(text), () => hexOf(jsonToCbor(text))),
    oracle: isFinite ? attempt(() => hexOf(encodeCbor(itemOfJson(text)))) : "refused",
  };
}

describe("the CBOR kernel and its oracle", () => {
  it(`agree about ${CASES} cases from seed ${SEED} on`, () => {
    const differences: object[] = [];
    let refused = 0;
    for (let seed = SEED; seed < SEED + CASES; seed += 1) {
      const random = randomFrom(seed);
      const document = randomDocument(random, 5);
      const bytes = new Uint8Array(random(2) === 0 ? document : mutated(random, document));
      const { kernel, oracle } = answers(bytes);
      if (JSON.stringify(kernel, plain) !== JSON.stringify(oracle, plain)) differences.push({ seed, input: hexOf(bytes), kernel, oracle });
      refused += attempt(() => parseCbor(bytes, DEPTH)) === "refused" ? 1 : 0;
      if (seed % 4 !== 0) continue;
      const text = randomJson(random);
      const json = jsonAnswers(text);
      if (json.kernel !== json.oracle) differences.push({ seed, input: text, ...json });
    }
    expect(differences.slice(0, DIFFERENCES_TOLD)).toEqual([]);
    // Neither nearly everything nor nearly nothing was broken.
    expect(refused).toBeGreaterThan(CASES / 10);
    expect(refused).toBeLessThan(CASES / 1.2);
  }, 10_000 + CASES * MILLISECONDS_PER_CASE);
});

/** JSON knows no bigint, and no difference between -0 and 0. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : value;
}
