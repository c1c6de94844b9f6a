import { describe, expect, it } from "vitest";
import { signCheckpoint } from "../../host/ledger/checkpoint.ts";
import { NO_ENTRY_HASH } from "../../host/ledger/entry.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { openExport } from "../../host/ledger/export-file.ts";
import { hexOf, signingKey, type VerifierKey } from "../../host/ledger/key.ts";
import { leafHash } from "../../host/ledger/merkle.ts";
import { type LedgerReport, verifyLedger } from "../../host/ledger/verify.ts";
import { fromEnvironment } from "../component/random.ts";
import { fileOf, hashing, KEY, MemoryLedger, randomLedger } from "./memory-ledger.ts";
import { write } from "./random-entry.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
const other = signingKey(KEY.verifier.name, new Uint8Array(32).fill(2));

/** Verified as a file that somebody made of the ledger as it is: all that a file checks by itself is right. */
async function verified(ledger: MemoryLedger, trusted?: VerifierKey): Promise<LedgerReport> {
  return verifyLedger(await openExport(fileOf(await ledger.exported()), hashing), hashing.sha256, trusted);
}

/** The entry `index` as another one, and with `again` every one after it made anew to follow it. */
function tampered(ledger: MemoryLedger, index: number, again: boolean): MemoryLedger {
  const writer = new EntryWriter();
  const bytes = [...ledger.bytes];
  const { previous } = readEntry(bytes[index] as Uint8Array);
  bytes[index] = writer.unload(previous, { capsule: "nobody", index: 999 });
  for (let at = again ? index + 1 : bytes.length; at < bytes.length; at += 1) {
    bytes[at] = write(writer, { ...readEntry(bytes[at] as Uint8Array), previous: leafHash(hashing.sha256, bytes[at - 1] as Uint8Array) });
  }
  const changed = new MemoryLedger(bytes);
  changed.checkpoints = [...ledger.checkpoints];
  return changed;
}

describe("a ledger that is verified", { timeout: 120_000 }, () => {
  it("is found to be what it is", async () => {
    const ledger = randomLedger(SEED, 40).sign([0, 10, 10, 40]);
    const report = await verified(ledger, KEY.verifier);
    expect(report).toMatchObject({ start: 0, size: 40, signed: 40, fault: undefined, key: KEY.verifier });
    expect(report.checkpoints.map(({ size }) => size)).toEqual([0, 10, 10, 40]);
    expect(hexOf(report.root)).toBe(hexOf(ledger.root()));
  });

  it("may have entries that no checkpoint vouches for yet, and says how many it does", async () => {
    expect(await verified(randomLedger(SEED, 40).sign([10]))).toMatchObject({ size: 40, signed: 10, fault: undefined });
  });

  it("may be unsigned when nobody wants it signed", async () => {
    expect(await verified(randomLedger(SEED, 3))).toMatchObject({ size: 3, signed: 0, fault: undefined });
    const unsigned = new MemoryLedger([]);
    unsigned.key = undefined;
    expect(await verified(unsigned)).toMatchObject({ size: 0, key: undefined, fault: undefined });
    expect(await verified(unsigned, KEY.verifier)).toMatchObject({ fault: { what: expect.stringContaining("nothing is signed") as string } });
  });

  it("may begin in the middle, and is verified from there", async () => {
    const whole = randomLedger(SEED, 40).sign([10, 25, 40]);
    const part = new MemoryLedger(whole.bytes, 25);
    part.checkpoints = whole.checkpoints;
    const report = await verified(part, KEY.verifier);
    expect(report).toMatchObject({ start: 25, size: 40, signed: 40, fault: undefined });
    expect(report.checkpoints.map(({ size }) => size)).toEqual([25, 40]);
  });

  it("names the entry that was changed, by the one that followed it", async () => {
    const ledger = randomLedger(SEED, 20).sign([20]);
    for (let index = 0; index < 19; index += 1) {
      expect(await verified(tampered(ledger, index, false))).toMatchObject({ fault: { index, what: expect.stringContaining(`entry ${index} is not the one`) as string } });
    }
  });

  it("does not fit its checkpoint when everything after a change was made anew", async () => {
    const ledger = randomLedger(SEED, 20).sign([8, 16]);
    expect(await verified(tampered(ledger, 10, true))).toMatchObject({ signed: 8, fault: { index: 8, what: expect.stringContaining("checkpoint of 16 entries") as string } });
    expect(await verified(tampered(ledger, 15, false))).toMatchObject({ fault: { index: 15 } });
    // Nothing vouches for what comes after the last checkpoint but the entries themselves.
    expect(await verified(tampered(ledger, 17, true))).toMatchObject({ signed: 16, fault: undefined });
  });

  it("is missed when its end was cut off", async () => {
    const ledger = randomLedger(SEED, 20).sign([8, 20]);
    ledger.bytes.pop();
    expect(await verified(ledger)).toMatchObject({ fault: { index: 19, what: expect.stringContaining("entry 19 is missing") as string } });
  });

  it("is missed when an entry was taken out, put in, or put elsewhere", async () => {
    const ledger = randomLedger(SEED, 20).sign([20]);
    const changes: ((bytes: Uint8Array[]) => unknown)[] = [
      (bytes) => bytes.splice(5, 1, ...bytes.slice(6, 7)),
      (bytes) => bytes.splice(5, 0, bytes[5] as Uint8Array),
      (bytes) => bytes.splice(5, 2, bytes[6] as Uint8Array, bytes[5] as Uint8Array),
    ];
    for (const change of changes) {
      const changed = new MemoryLedger(ledger.bytes);
      changed.checkpoints = [...ledger.checkpoints];
      change(changed.bytes);
      expect((await verified(changed)).fault?.index).toBeOneOf([4, 5]);
    }
  });

  it("holds only what is an entry, from the first one on", async () => {
    const ledger = randomLedger(SEED, 5);
    ledger.bytes[3] = Uint8Array.of(0x80);
    expect(await verified(ledger)).toMatchObject({ fault: { index: 3, what: expect.stringContaining("is no entry") as string } });
    const late = new MemoryLedger([new EntryWriter().unload(new Uint8Array(32).fill(1), { capsule: "a", index: 0 })]);
    expect(await verified(late)).toMatchObject({ fault: { index: 0, what: expect.stringContaining("one before it") as string } });
  });

  it("is not signed with any key", async () => {
    const forged = randomLedger(SEED, 5).sign([5], other);
    expect(await verified(forged)).toMatchObject({ fault: { what: expect.stringContaining("not signed by") as string } });
    forged.key = other.verifier.text;
    expect(await verified(forged)).toMatchObject({ fault: undefined, key: other.verifier });
    expect(await verified(forged, KEY.verifier)).toMatchObject({ fault: { what: expect.stringContaining("not with the one that is trusted") as string } });
    forged.key = undefined;
    expect(await verified(forged)).toMatchObject({ fault: { what: expect.stringContaining("no key") as string } });
    expect(await verified(forged, KEY.verifier)).toMatchObject({ fault: { what: expect.stringContaining("not signed by") as string } });
  });

  it("has its checkpoints in order, and no nonsense among them", async () => {
    const ledger = randomLedger(SEED, 5).sign([4, 3]);
    expect(await verified(ledger)).toMatchObject({ fault: { what: "the checkpoints are not in order" } });
    ledger.checkpoints = [signCheckpoint(3, NO_ENTRY_HASH, KEY)];
    expect(await verified(ledger)).toMatchObject({ signed: 0, fault: { index: 0 } });
    ledger.checkpoints = ["nonsense"];
    expect(await verified(ledger)).toMatchObject({ fault: { what: "this is no signed note" } });
  });

  it("tells which components are missing", async () => {
    const writer = new EntryWriter();
    const modules = [Buffer.from("here"), Buffer.from("gone")];
    const digests = modules.map((bytes) => hashing.sha256(bytes));
    let previous = NO_ENTRY_HASH;
    const entries = digests.map((digest, at) => {
      const entry = writer.load(previous, { capsule: `c${at}`, digest, version: "1.0.0", manifest: "{}", config: [], instance: 1 });
      previous = leafHash(hashing.sha256, entry);
      return entry;
    });
    const ledger = new MemoryLedger(entries);
    ledger.modules = modules.slice(0, 1);
    expect(await verified(ledger)).toMatchObject({ fault: undefined, missing: [hexOf(digests[1] as Uint8Array)] });
  });
});
