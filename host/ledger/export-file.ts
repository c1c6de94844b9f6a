import { DoterosError } from "../contract/error.ts";
import { ByteStream } from "./byte-stream.ts";
import { HASH_BYTES } from "./entry.ts";
import { BLOCK_ENTRIES, CHUNK_BYTES, checkMagic, CONTENT_BYTES_MAX, END_BYTES, HEAD_BYTES, type Hashing, isIntact, MAGIC_BYTES, type Range, readHead, RECORD, ROW_BYTES, rowCount, viewOf } from "./export-format.ts";
import { type ExportPart, readExport } from "./export-reader.ts";
import { leafHash } from "./merkle.ts";
import type { LedgerSource, StoredEntry } from "./source.ts";
import { Subtrees } from "./subtrees.ts";

/** A file that can be read anywhere. */
export interface RandomAccess {
  /** Its length, in bytes. */
  readonly size: number;
  /** The bytes from `offset` on, `length` of them, or as many as there are. They are the caller's. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Opens a ledger that was exported: its beginning and its index are read now, the rest when it is asked for.
 *
 * @throws DoterosError `damaged-ledger`, `unsupported` for a newer format
 */
export async function openExport(file: RandomAccess, hashing: Hashing): Promise<LedgerSource> {
  checkMagic(await file.read(0, MAGIC_BYTES));
  let range: Range = { start: 0, size: 0, before: [] };
  let key: string | undefined;
  const checkpoints: string[] = [];
  for await (const part of headParts(file, hashing)) {
    if (part.type === "range") ({ range } = part);
    else if (part.type === "key") key = part.text;
    else if (part.type === "checkpoint") checkpoints.push(part.note);
  }
  return new ExportFile(file, hashing, { ...range, key, checkpoints }, await readIndex(file, hashing, range));
}

/** The parts before the entries. */
async function* headParts(file: RandomAccess, hashing: Hashing): AsyncGenerator<ExportPart> {
  for await (const part of readExport(chunksOf(file), hashing)) {
    if (part.type === "entry") return;
    yield part;
  }
}

async function* chunksOf(file: RandomAccess, from = 0): AsyncGenerator<Uint8Array> {
  for (let offset = from; ; ) {
    const chunk = await file.read(offset, CHUNK_BYTES);
    if (chunk.length === 0) return;
    yield chunk;
    offset += chunk.length;
  }
}

async function readIndex(file: RandomAccess, hashing: Hashing, range: Range): Promise<Uint8Array> {
  const end = await file.read(Math.max(0, file.size - END_BYTES), END_BYTES);
  if (end.length < END_BYTES || end[0] !== RECORD.end) throw damaged("the end", file.size);
  const offset = Number(viewOf(end).getBigUint64(1));
  const length = rowCount(range) * ROW_BYTES;
  if (offset + HEAD_BYTES + length + END_BYTES !== file.size) throw damaged("the end", file.size);
  const { content } = await recordOf(new ByteStream(chunksOf(file, offset)), hashing, offset, RECORD.index, "the index");
  if (content.length !== length) throw damaged("the index", offset);
  return content;
}

/** The next record, which must have that letter. `base` is where the stream began. */
async function recordOf(stream: ByteStream, { sha256 }: Hashing, base: number, letter: number, what: string): Promise<{ content: Uint8Array; leaf: Uint8Array }> {
  const offset = base + stream.offset;
  const head = await stream.take(HEAD_BYTES);
  const { letter: found, length, check } = head === undefined ? NO_RECORD : readHead(head);
  if (found !== letter || length > (CONTENT_BYTES_MAX[letter] ?? 0)) throw damaged(what, offset);
  const content = await stream.take(length);
  const leaf = content === undefined ? undefined : leafHash(sha256, content);
  if (content === undefined || leaf === undefined || !isIntact(check, leaf)) throw damaged(what, offset);
  return { content, leaf };
}

const NO_RECORD = { letter: 0, length: 0, check: new Uint8Array() };

class ExportFile implements LedgerSource {
  readonly key: string | undefined;
  readonly checkpoints: readonly string[];
  readonly start: number;
  readonly size: number;
  readonly before: readonly Uint8Array[];
  readonly #file: RandomAccess;
  readonly #hashing: Hashing;
  readonly #index: Uint8Array;
  readonly #subtrees: Subtrees;

  constructor(file: RandomAccess, hashing: Hashing, head: Pick<LedgerSource, "key" | "checkpoints" | "start" | "size" | "before">, index: Uint8Array) {
    ({ key: this.key, checkpoints: this.checkpoints, start: this.start, size: this.size, before: this.before } = head);
    this.#file = file;
    this.#hashing = hashing;
    this.#index = index;
    this.#subtrees = new Subtrees({
      sha256: hashing.sha256,
      start: this.start,
      before: this.before,
      block: (block) => this.#block(block),
      leaves: async (block) => this.#leaves(block),
    });
  }

  async *components(): AsyncGenerator<Uint8Array> {
    for await (const part of headParts(this.#file, this.#hashing)) if (part.type === "component") yield part.bytes;
  }

  async *entries(): AsyncGenerator<StoredEntry> {
    for await (const part of readExport(chunksOf(this.#file), this.#hashing)) if (part.type === "entry") yield part.entry;
  }

  async subtree(level: number, index: number): Promise<Uint8Array> {
    return this.#subtrees.hash(level, index);
  }

  async entry(index: number): Promise<Uint8Array> {
    for await (const entry of this.#blockEntries(Math.floor(index / BLOCK_ENTRIES))) if (entry.index === index) return entry.bytes;
    throw new RangeError(`the entry ${index} is not here`);
  }

  /** Where the row of a block is in the index. */
  #row(block: number): number {
    return (block - Math.floor(this.start / BLOCK_ENTRIES)) * ROW_BYTES;
  }

  #block(block: number): Uint8Array | undefined {
    const whole = block * BLOCK_ENTRIES >= this.start && (block + 1) * BLOCK_ENTRIES <= this.size;
    const row = this.#row(block);
    return whole ? this.#index.slice(row + ROW_BYTES - HASH_BYTES, row + ROW_BYTES) : undefined;
  }

  async #leaves(block: number): Promise<Uint8Array[]> {
    const leaves: Uint8Array[] = [];
    for await (const { leaf } of this.#blockEntries(block)) leaves.push(leaf);
    return leaves;
  }

  async *#blockEntries(block: number): AsyncGenerator<StoredEntry> {
    const last = Math.min(this.size, (block + 1) * BLOCK_ENTRIES);
    const base = Number(viewOf(this.#index).getBigUint64(this.#row(block)));
    const stream = new ByteStream(chunksOf(this.#file, base));
    for (let index = Math.max(this.start, block * BLOCK_ENTRIES); index < last; index += 1) {
      const { content, leaf } = await recordOf(stream, this.#hashing, base, RECORD.entry, `entry ${index}`);
      yield { index, bytes: content, leaf };
    }
  }
}

function damaged(what: string, offset: number): DoterosError {
  return new DoterosError("damaged-ledger", `${what} is damaged`, { offset, help: "copy the file anew; when the original says the same, it was changed" });
}
