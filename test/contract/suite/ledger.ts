import { MemoryStore } from "../../../host/index.ts";
import { openExport, type RandomAccess } from "../../../host/ledger/export-file.ts";
import type { Hashing } from "../../../host/ledger/export-format.ts";
import { writeExport } from "../../../host/ledger/export-writer.ts";
import { parseVerifierKey, signingKey } from "../../../host/ledger/key.ts";
import { checkProof, proveConsistency, proveEntry } from "../../../host/ledger/proof.ts";
import { StoreSource } from "../../../host/ledger/store-source.ts";
import { verifyLedger } from "../../../host/ledger/verify.ts";
import { equal, holds, refused } from "../check.ts";
import { type Cases, hexOf, type Kit } from "../kit.ts";
import { start } from "../running.ts";

/** A key that everybody knows. */
export const KEY = signingKey("example.com/contract", new Uint8Array(32).fill(7));

/** The hashes of the runtime. */
export function hashingOf({ platform: { sha256 } }: Kit): Hashing {
  return {
    sha256,
    running() {
      const parts: Uint8Array[] = [];
      return { update: (bytes) => void parts.push(bytes.slice()), digest: () => sha256(joined(parts)) };
    },
  };
}

/** All bytes in a row. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The ledger of a store as a file. */
export async function exported(kit: Kit, store: MemoryStore): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeExport(new StoreSource(store, kit.platform.sha256), hashingOf(kit))) chunks.push(chunk.slice());
  return joined(chunks);
}

/** A file in memory. */
export function memoryFile(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) };
}

/** A store in which things happened, and which is signed. */
async function eventful(kit: Kit): Promise<MemoryStore> {
  const store = new MemoryStore();
  const { host, send } = await start(kit, { store, signingKey: KEY.text });
  for (const line of ["p a 1\nm out x", "c out", "f no", "p b 2"]) await send(line);
  await host.checkpoint();
  for (let at = 0; at < 300; at += 1) await host.publish("do", `p k${at} ${at}`);
  await host.close();
  return store;
}

/** What a ledger proves. */
export const ledgerCases: Cases = {
  async "the ledger of a store verifies, with its key"(kit) {
    const store = await eventful(kit);
    const report = await verifyLedger(new StoreSource(store, kit.platform.sha256), kit.platform.sha256, KEY.verifier);
    equal([report.fault, report.missing, report.size, report.signed, report.checkpoints.length], [undefined, [], store.tip.entries, store.tip.entries, 2]);
  },

  async "a ledger that was exported verifies, and has the same root"(kit) {
    const store = await eventful(kit);
    const source = await openExport(memoryFile(await exported(kit, store)), hashingOf(kit));
    const report = await verifyLedger(source, kit.platform.sha256, KEY.verifier);
    const own = await verifyLedger(new StoreSource(store, kit.platform.sha256), kit.platform.sha256);
    equal([report.fault, hexOf(report.root)], [undefined, hexOf(own.root)]);
  },

  async "a ledger that was changed anywhere does not verify"(kit) {
    const bytes = await exported(kit, await eventful(kit));
    for (let at = 1; at <= 24; at += 1) {
      const changed = bytes.slice();
      const place = Math.floor((bytes.length * at) / 25);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const fault = await openExport(memoryFile(changed), hashingOf(kit))
        .then((source) => verifyLedger(source, kit.platform.sha256, KEY.verifier))
        .then((report) => report.fault?.what ?? report.missing[0], (error: unknown) => (error as { code: string }).code);
      holds(fault !== undefined, `nobody saw that byte ${place} was changed`);
    }
  },

  async "a ledger under another key does not verify"(kit) {
    const other = signingKey("example.com/contract", new Uint8Array(32).fill(8));
    const { fault } = await verifyLedger(new StoreSource(await eventful(kit), kit.platform.sha256), kit.platform.sha256, other.verifier);
    holds(fault !== undefined, "it verified");
  },

  async "an entry is proven to whoever has the key and nothing else"(kit) {
    const source = new StoreSource(await eventful(kit), kit.platform.sha256);
    const proven = checkProof(await proveEntry(source, kit.platform.sha256, 300), kit.platform.sha256, parseVerifierKey(KEY.verifier.text));
    holds(proven.kind === "inclusion" && proven.index === 300, "another entry was proven");
    const proof = await proveEntry(source, kit.platform.sha256, 2);
    await refused("invalid-proof", () => checkProof(proof.replace(/"index":\d+/, '"index":3'), kit.platform.sha256, KEY.verifier));
    equal(checkProof(await proveConsistency(source, kit.platform.sha256, 5), kit.platform.sha256, KEY.verifier).kind, "consistency");
  },

  async "a checkpoint needs a store and a key"(kit) {
    await using host = await kit.door.createHost();
    await refused("usage", () => host.checkpoint());
    await using unsigned = await kit.door.createHost({ store: new MemoryStore() });
    await refused("usage", () => unsigned.checkpoint());
    await refused("invalid-key", () => kit.door.createHost({ store: new MemoryStore(), signingKey: "no key" }));
  },
};
