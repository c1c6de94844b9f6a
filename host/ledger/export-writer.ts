import { DoterosError } from "../contract/error.ts";
import { BlockIndex } from "./block-index.ts";
import { CHUNK_BYTES, endBytes, HEAD_BYTES, headBytes, type Hashing, magicBytes, RECORD, rangeBytes, type RunningHash } from "./export-format.ts";
import { leafHash } from "./merkle.ts";
import type { LedgerSource } from "./source.ts";

/** A ledger as one file, in chunks of about 64 KiB: see export-format.ts for what it holds. */
export async function* writeExport(source: LedgerSource, hashing: Hashing): AsyncGenerator<Uint8Array> {
  const { sha256 } = hashing;
  const out = new Chunks(hashing.running());
  const encoder = new TextEncoder();
  const record = (letter: number, content: Uint8Array, leaf = leafHash(sha256, content)): void => {
    out.add(headBytes(letter, content.length, leaf));
    out.add(content);
  };
  out.add(magicBytes());
  if (source.key !== undefined) record(RECORD.key, encoder.encode(source.key));
  for (const note of source.checkpoints) record(RECORD.checkpoint, encoder.encode(note));
  for await (const component of source.components()) {
    record(RECORD.component, component);
    yield* out.full();
  }
  record(RECORD.range, rangeBytes(source));
  const index = new BlockIndex(sha256);
  let next = source.start;
  for await (const entry of source.entries()) {
    if (entry.index !== next) break;
    next += 1;
    index.add(entry.index, out.offset, entry.leaf);
    record(RECORD.entry, entry.bytes, entry.leaf);
    if (out.isFull) yield* out.full();
  }
  if (next !== source.size) throw new DoterosError("internal", `the ledger says that it has ${source.size} entries, and gave ${next}`);
  const indexOffset = out.offset;
  record(RECORD.index, index.bytes());
  out.add(endBytes(indexOffset));
  yield* out.rest();
}

/** Bytes on their way into chunks, hashed as they go. */
class Chunks {
  readonly #hash: RunningHash;
  #chunk = new Uint8Array(CHUNK_BYTES + HEAD_BYTES);
  #used = 0;
  /** What is larger than a chunk goes on as it is. */
  readonly #ready: Uint8Array[] = [];
  /** How many bytes were added. */
  offset = 0;

  constructor(hash: RunningHash) {
    this.#hash = hash;
  }

  get isFull(): boolean {
    return this.#ready.length > 0;
  }

  add(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#chunk.length) this.#cut();
    this.offset += bytes.length;
    if (bytes.length > this.#chunk.length) {
      this.#hash.update(bytes);
      this.#ready.push(bytes);
      return;
    }
    this.#chunk.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** The chunks that are full. */
  full(): Uint8Array[] {
    return this.#ready.splice(0);
  }

  /** What is left, and the hash of everything. */
  rest(): Uint8Array[] {
    this.#cut();
    return [...this.full(), this.#hash.digest()];
  }

  #cut(): void {
    if (this.#used === 0) return;
    const bytes = this.#chunk.subarray(0, this.#used);
    this.#hash.update(bytes);
    this.#ready.push(bytes);
    this.#chunk = new Uint8Array(CHUNK_BYTES + HEAD_BYTES);
    this.#used = 0;
  }
}
