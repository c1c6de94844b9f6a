import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { openExport } from "../../host/ledger/export-file.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { signingKey } from "../../host/ledger/key.ts";
import { checkProof, proveConsistency, proveEntry } from "../../host/ledger/proof.ts";
import type { LedgerSource } from "../../host/ledger/source.ts";
import { Folder } from "../cli/fixture.ts";
import { fromEnvironment, Random } from "../component/random.ts";
import { fileOf, hashing, KEY, type MemoryLedger, randomLedger } from "./memory-ledger.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
const SIZE = 1_500;
const STANDALONE = join(import.meta.dirname, "standalone-verifier.mjs");
const { sha256 } = hashing;
const folder = new Folder();
let ledger: MemoryLedger;
let file: LedgerSource;
let bytes: Uint8Array;

beforeAll(async () => {
  ledger = randomLedger(SEED, SIZE).sign([100, 1_024, SIZE - 1]);
  bytes = await ledger.exported();
  file = await openExport(fileOf(bytes), hashing);
});
afterAll(() => folder.remove());

const entryProof = async (index: number): Promise<string> => proveEntry(file, sha256, index);

describe("a proof as text", { timeout: 120_000 }, () => {
  it("of a thousand entries convinces a verifier that shares nothing with this package", async () => {
    const random = new Random(SEED);
    const proofs: string[] = [];
    for (let run = 0; run < 1_000; run += 1) proofs.push(await entryProof(random.below(SIZE - 1)));
    for (let run = 0; run < 50; run += 1) proofs.push(await proveConsistency(file, sha256, 1 + random.below(SIZE - 2)));
    const path = folder.write("proofs.ndjson", `${proofs.join("\n")}\n`);
    expect(execFileSync(process.execPath, [STANDALONE, KEY.verifier.text, path], { encoding: "utf8" })).toBe("1050 proofs hold\n");
    const wrong = proofs.map((proof, at) => (at === 700 ? proof.replace(/"path":\["[^"]*"/, `"path":["${Buffer.alloc(32).toString("base64")}"`) : proof)).join("\n");
    const { status, stdout } = spawnSync(process.execPath, [STANDALONE, KEY.verifier.text, folder.write("wrong.ndjson", wrong)], { encoding: "utf8" });
    expect([status, stdout]).toEqual([1, expect.stringContaining("does not lead to the root")]);
  });

  it("is not needed for all of it: that verifier reads the file as well", () => {
    const path = folder.write("ledger.dwl", bytes);
    expect(execFileSync(process.execPath, [STANDALONE, KEY.verifier.text, path], { encoding: "utf8" })).toBe(`${SIZE} entries hold\n`);
    const changed = Uint8Array.from(bytes);
    changed[100_000] = (changed[100_000] as number) ^ 1;
    expect(spawnSync(process.execPath, [STANDALONE, KEY.verifier.text, folder.write("changed.dwl", changed)]).status).toBe(1);
  });

  it("of an entry tells which, and what it says", async () => {
    const proof = await entryProof(77);
    const proven = checkProof(proof, sha256, KEY.verifier);
    expect(proven).toMatchObject({ kind: "inclusion", index: 77, checkpoint: { size: SIZE - 1, origin: "example.com/ledger" }, key: KEY.verifier });
    expect(proven).toHaveProperty("entry", readEntry(new Uint8Array(ledger.bytes[77] as Uint8Array)));
  });

  it("of consistency tells the older root, and whether a checkpoint vouches for it", async () => {
    expect(checkProof(await proveConsistency(file, sha256, 1_024), sha256)).toMatchObject({ kind: "consistency", from: { size: 1_024, root: ledger.root(1_024) }, fromSigned: true });
    expect(checkProof(await proveConsistency(file, sha256, 99), sha256)).toMatchObject({ from: { size: 99, root: ledger.root(99) }, fromSigned: false });
  });

  it("is found in a file that begins in the middle", async () => {
    const part = randomLedger(SEED, 700, 300).sign([700]);
    const open = await openExport(fileOf(await part.exported()), hashing);
    for (const index of [300, 301, 511, 512, 699]) {
      expect(checkProof(await proveEntry(open, sha256, index), sha256)).toMatchObject({ index });
    }
    expect(checkProof(await proveConsistency(open, sha256, 300), sha256)).toMatchObject({ from: { root: part.root(300) } });
    await expect(proveEntry(open, sha256, 299)).rejects.toMatchObject({ code: "invalid-proof", help: "it does for those from 300 to 699" });
    await expect(proveConsistency(open, sha256, 299)).rejects.toMatchObject({ code: "invalid-proof", help: "it takes a size from 300 to 699" });
  });

  it("is not given for what no checkpoint vouches for, nor by a ledger that does not fit its own", async () => {
    await expect(proveEntry(file, sha256, SIZE - 1)).rejects.toMatchObject({ code: "invalid-proof" });
    await expect(proveConsistency(file, sha256, SIZE - 1)).rejects.toMatchObject({ code: "invalid-proof" });
    await expect(proveConsistency(file, sha256, 0)).rejects.toMatchObject({ code: "invalid-proof" });
    const unfit = randomLedger(SEED, 20);
    unfit.checkpoints = randomLedger(SEED + 1, 20).sign([20]).checkpoints;
    await expect(proveEntry(unfit, sha256, 5)).rejects.toMatchObject({ code: "damaged-ledger" });
    await expect(proveEntry(randomLedger(SEED, 3), sha256, 0)).rejects.toMatchObject({ code: "invalid-proof", message: expect.stringContaining("no checkpoint") as string });
  });

  it("is refused when any part of it is changed", async () => {
    const accepted: string[] = [];
    for (const proof of [await entryProof(1_000), await proveConsistency(file, sha256, 1_024)]) {
      // One character in a hundred, and all of the beginning, where the fields are.
      for (let at = 0; at < proof.length; at += at < 120 ? 1 : 97) {
        const changed = proof.slice(0, at) + (proof[at] === "1" ? "2" : "1") + proof.slice(at + 1);
        const found = attempt(() => checkProof(changed, sha256));
        if (!(found instanceof DoterosError)) accepted.push(`${at}: ${JSON.stringify(found)}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it("is not signed with a key that is not trusted", async () => {
    const other = signingKey(KEY.verifier.name, new Uint8Array(32).fill(2));
    const proof = await entryProof(3);
    expect(() => checkProof(proof, sha256, other.verifier)).toThrow(/not with the one that is trusted/);
  });

  it("says its version, and a newer one is refused by name", async () => {
    const proof = await entryProof(3);
    expect(() => checkProof(proof.replace('"version":1', '"version":2'), sha256)).toThrow(expect.objectContaining({ code: "unsupported", message: expect.stringContaining("version 2") as string }));
  });

  it.each(["", "{}", "[]", "null", "not JSON", '{"format":"doteros-ledger-proof","version":1}', '{"format":"doteros-ledger-proof"}'])("is not %j", (text) => {
    expect(attempt(() => checkProof(text, sha256))).toBeInstanceOf(DoterosError);
  });
});

function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
