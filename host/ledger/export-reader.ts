import { DoterosError } from "../contract/error.ts";
import { BlockIndex } from "./block-index.ts";
import { ByteStream } from "./byte-stream.ts";
import { HASH_BYTES } from "./entry.ts";
import {
  checkMagic,
  CONTENT_BYTES_MAX,
  END_BYTES,
  endBytes,
  HEAD_BYTES,
  type Hashing,
  isIntact,
  MAGIC_BYTES,
  type Range,
  readHead,
  readRange,
  RECORD,
} from "./export-format.ts";
import { leafHash } from "./merkle.ts";
import { sameBytes } from "./same-bytes.ts";
import type { StoredEntry } from "./source.ts";

/** What comes out of a file, in this order. */
export type ExportPart =
  | { readonly type: "range"; readonly range: Range }
  | { readonly type: "key"; readonly text: string }
  | { readonly type: "checkpoint"; readonly note: string }
  | { readonly type: "component"; readonly bytes: Uint8Array; readonly offset: number }
  | { readonly type: "entry"; readonly entry: StoredEntry };

/**
 * Reads a ledger that was exported, a chunk at a time. When it ends without an error, every byte was as it was written;
 * who wrote it is for `verifyLedger` to say.
 *
 * @throws DoterosError `damaged-ledger`, which names the entry and has the `offset`; `unsupported` for a newer format
 */
export async function* readExport(chunks: AsyncIterable<Uint8Array>, hashing: Hashing): AsyncGenerator<ExportPart> {
  const reader = new ExportReader(chunks, hashing);
  try {
    yield* reader.parts();
  } finally {
    await reader.stream.close();
  }
}

/** The records that may come before the range, in order. */
const ORDER: readonly number[] = [RECORD.key, RECORD.checkpoint, RECORD.component];

class ExportReader {
  readonly stream: ByteStream;
  readonly #hashing: Hashing;
  /** What is being read, for the error. */
  #what = "the beginning";
  /** Where it begins. */
  #start = 0;

  constructor(chunks: AsyncIterable<Uint8Array>, hashing: Hashing) {
    this.stream = new ByteStream(chunks, hashing.running());
    this.#hashing = hashing;
  }

  async *parts(): AsyncGenerator<ExportPart> {
    checkMagic((await this.stream.take(MAGIC_BYTES)) ?? this.#truncated());
    const range = yield* this.#head();
    const index = yield* this.#entries(range);
    await this.#end(index);
  }

  /** What comes before the entries; the last of it says which these are. */
  async *#head(): AsyncGenerator<ExportPart, Range> {
    for (let before = 0; ; ) {
      this.#begin("a record before the entries");
      const { letter, content } = await this.#record();
      const range = letter === RECORD.range ? readRange(content) : undefined;
      if (range !== undefined) {
        yield { type: "range", range };
        return range;
      }
      const place = ORDER.indexOf(letter);
      if (place < before) this.#damaged();
      // One key at most.
      before = letter === RECORD.key ? place + 1 : place;
      yield this.#part(letter, content);
    }
  }

  #part(letter: number, content: Uint8Array): ExportPart {
    if (letter === RECORD.component) return { type: "component", bytes: content, offset: this.#start };
    const text = this.#text(content);
    return letter === RECORD.key ? { type: "key", text } : { type: "checkpoint", note: text };
  }

  async *#entries({ start, size }: Range): AsyncGenerator<ExportPart, BlockIndex> {
    const index = new BlockIndex(this.#hashing.sha256);
    for (let at = start; at < size; at += 1) {
      this.#begin(`entry ${at}`);
      const { letter, content, leaf } = await this.#record();
      if (letter !== RECORD.entry) this.#damaged();
      index.add(at, this.#start, leaf);
      yield { type: "entry", entry: { index: at, bytes: content, leaf } };
    }
    return index;
  }

  async #end(index: BlockIndex): Promise<void> {
    this.#begin("the index");
    const offset = this.#start;
    const { letter, content } = await this.#record();
    if (letter !== RECORD.index || !sameBytes(content, index.bytes())) this.#damaged();
    this.#begin("the end");
    const end = await this.#take(END_BYTES - HASH_BYTES);
    const digest = this.stream.digest() ?? this.#damaged();
    const written = await this.#take(HASH_BYTES);
    if (!sameBytes(end, endBytes(offset)) || !sameBytes(written, digest)) this.#damaged();
    if ((await this.stream.take(1)) !== undefined) {
      throw new DoterosError("damaged-ledger", "there is more after the end of the ledger", { offset: this.stream.offset - 1 });
    }
  }

  #begin(what: string): void {
    this.#what = what;
    this.#start = this.stream.offset;
  }

  async #record(): Promise<{ letter: number; content: Uint8Array; leaf: Uint8Array }> {
    const { letter, length, check } = readHead(this.stream.at(HEAD_BYTES) ?? (await this.#take(HEAD_BYTES)));
    if (length > (CONTENT_BYTES_MAX[letter] ?? -1)) this.#damaged();
    const content = this.stream.at(length) ?? (await this.#take(length));
    const leaf = leafHash(this.#hashing.sha256, content);
    if (!isIntact(check, leaf)) this.#damaged();
    return { letter, content, leaf };
  }

  async #take(length: number): Promise<Uint8Array> {
    return (await this.stream.take(length)) ?? this.#truncated();
  }

  #text(content: Uint8Array): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      return this.#damaged();
    }
  }

  #truncated(): never {
    throw new DoterosError("damaged-ledger", `the file ends within ${this.#what}`, { offset: this.stream.offset, help: "copy it anew, all of it" });
  }

  #damaged(): never {
    throw new DoterosError("damaged-ledger", `${this.#what} is damaged`, { offset: this.#start, help: "copy the file anew; when the original says the same, it was changed" });
  }
}
