import { createHash } from "node:crypto";
import { signCheckpoint } from "../../host/ledger/checkpoint.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import type { RandomAccess } from "../../host/ledger/export-file.ts";
import type { Hashing } from "../../host/ledger/export-format.ts";
import { writeExport } from "../../host/ledger/export-writer.ts";
import { signingKey, type SigningKey } from "../../host/ledger/key.ts";
import { Frontier, leafHash } from "../../host/ledger/merkle.ts";
import type { LedgerSource, StoredEntry } from "../../host/ledger/source.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Random } from "../component/random.ts";
import { randomChain } from "./random-entry.ts";

export const hashing: Hashing = { sha256: nodePlatform.sha256, running: () => createHash("sha256") };
export const KEY: SigningKey = signingKey("example.com/ledger", new Uint8Array(32).fill(1));

/** A ledger in memory: what a store has, slow and simple. */
export class MemoryLedger implements LedgerSource {
  key: string | undefined = KEY.verifier.text;
  checkpoints: string[] = [];
  start: number;
  readonly before: readonly Uint8Array[];
  bytes: Uint8Array[];
  modules: Uint8Array[] = [];

  constructor(bytes: readonly Uint8Array[], start = 0) {
    const tree = new Frontier(hashing.sha256);
    for (const entry of bytes.slice(0, start)) tree.append(leafHash(hashing.sha256, entry));
    this.start = start;
    this.before = [...tree.subtrees];
    this.bytes = [...bytes];
  }

  get size(): number {
    return this.bytes.length;
  }

  /** Signs what the ledger is when it has so many entries. */
  sign(sizes: readonly number[], key: SigningKey = KEY): this {
    for (const size of sizes) this.checkpoints.push(signCheckpoint(size, this.root(size), key));
    return this;
  }

  root(size = this.size): Uint8Array {
    const tree = new Frontier(hashing.sha256);
    for (const entry of this.bytes.slice(0, size)) tree.append(leafHash(hashing.sha256, entry));
    return tree.root();
  }

  async *components(): AsyncGenerator<Uint8Array> {
    yield* this.modules;
  }

  async *entries(): AsyncGenerator<StoredEntry> {
    for (const [index, bytes] of this.bytes.entries()) {
      if (index >= this.start) yield { index, bytes, leaf: leafHash(hashing.sha256, bytes) };
    }
  }

  async entry(index: number): Promise<Uint8Array> {
    return this.bytes[index] as Uint8Array;
  }

  async subtree(level: number, index: number): Promise<Uint8Array> {
    const tree = new Frontier(hashing.sha256);
    for (const bytes of this.bytes.slice(index * 2 ** level, (index + 1) * 2 ** level)) tree.append(leafHash(hashing.sha256, bytes));
    return tree.root();
  }

  /** The ledger as a file. */
  async exported(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeExport(this, hashing)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/** A ledger of random entries. */
export function randomLedger(seed: number, length: number, start = 0): MemoryLedger {
  return new MemoryLedger(randomChain(new Random(seed), new EntryWriter(), length), start);
}

/** A file in memory. */
export function fileOf(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) };
}

/** The bytes in chunks of a length. */
export async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}
