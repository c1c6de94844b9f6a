import { DoterosError } from "../contract/error.ts";
import { HASH_BYTES } from "./entry.ts";
import { BLOCK_ENTRIES, CHUNK_BYTES, checkMagic, CONTENT_BYTES_MAX, END_BYTES, HEAD_BYTES, type Hashing, isIntact, MAGIC_BYTES, readHead, RECORD, ROW_BYTES, rowCount, viewOf } from "./export-format.ts";
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

/** An entry of a file, found without reading all of it. */
export interface LedgerFile extends LedgerSource {
  /** The bytes of one entry, from `start` to before `size`. @throws DoterosError `damaged-ledger` */
  entry(index: number): Promise<Uint8Array>;
}

/**
 * Opens a ledger that was exported: its beginning and its index are read now, the rest when it is asked for.
 *
 * @throws DoterosError `damaged-ledger`, `unsupported` for a newer format
 */
export async function openExport(file: RandomAccess, hashing: Hashing): Promise<LedgerFile> {
  checkMagic(await file.read(0, MAGIC_BYTES));
  let source: { key: string | undefined; checkpoints: string[] } & Pick<LedgerSource, "start" | "size" | "before"> = { key: undefined, checkpoints: [], start: 0, size: 0, before: [] };
  for await (const part of headParts(file, hashing)) {
    if (part.type === "range") source = { ...source, ...part.range };
    else if (part.type === "key") source.key = part.text;
    else if (part.type === "checkpoint") source.checkpoints.push(part.note);
  }
  return new ExportFile(file, hashing, source, await readIndex(file, hashing, source));
}

/** The parts before the entries. */
async function* headParts(file: RandomAccess, hashing: Hashing): AsyncGenerator<ExportPart> {
  for await (const part of readExport(chunksOf(file), hashing)) {
    if (part.type === "entry") return;
    yield part;
  }
}

async function* chunksOf(file: RandomAccess): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const chunk = await file.read(offset, CHUNK_BYTES);
    if (chunk.length === 0) return;
    yield chunk;
    offset += chunk.length;
  }
}

async function readIndex(file: RandomAccess, hashing: Hashing, range: Pick<LedgerSource, "start" | "size" | "before">): Promise<Uint8Array> {
  const end = await file.read(Math.max(0, file.size - END_BYTES), END_BYTES);
  if (end.length < END_BYTES || end[0] !== RECORD.end) throw damaged("the end", file.size);
  const offset = Number(viewOf(end).getBigUint64(1));
  const length = rowCount(range) * ROW_BYTES;
  if (offset + HEAD_BYTES + length + END_BYTES !== file.size) throw damaged("the end", file.size);
  const content = await recordAt(file, hashing, offset, RECORD.index, "the index");
  if (content.length !== length) throw damaged("the index", offset);
  return content;
}

async function recordAt(file: RandomAccess, { sha256 }: Hashing, offset: number, letter: number, what: string): Promise<Uint8Array> {
  const head = await file.read(offset, HEAD_BYTES);
  if (head.length < HEAD_BYTES) throw damaged(what, offset);
  const { letter: found, length, check } = readHead(head);
  if (found !== letter || length > Math.min(CONTENT_BYTES_MAX[letter] ?? 0, file.size)) throw damaged(what, offset);
  const content = await file.read(offset + HEAD_BYTES, length);
  if (content.length < length || !isIntact(check, leafHash(sha256, content))) throw damaged(what, offset);
  return content;
}

class ExportFile implements LedgerFile {
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
    for await (const { bytes } of this.#blockEntries(block)) leaves.push(leafHash(this.#hashing.sha256, bytes));
    return leaves;
  }

  async *#blockEntries(block: number): AsyncGenerator<{ index: number; bytes: Uint8Array }> {
    const last = Math.min(this.size, (block + 1) * BLOCK_ENTRIES);
    let offset = Number(viewOf(this.#index).getBigUint64(this.#row(block)));
    for (let index = Math.max(this.start, block * BLOCK_ENTRIES); index < last; index += 1) {
      const bytes = await recordAt(this.#file, this.#hashing, offset, RECORD.entry, `entry ${index}`);
      yield { index, bytes };
      offset += HEAD_BYTES + bytes.length;
    }
  }
}

function damaged(what: string, offset: number): DoterosError {
  return new DoterosError("damaged-ledger", `${what} is damaged`, { offset, help: "copy the file anew; when the original says the same, it was changed" });
}
