import { isUtf8 } from "node:buffer";
import { PAYLOAD_BYTES_MAX } from "../../contract/limits.ts";
import type { BadRow } from "./row.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** The text between two line ends, or the reason why it is not text. */
export interface TextRecord {
  readonly problem?: undefined;
  /** The line it starts on; the first is 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * Cuts the bytes of a text file into records and counts lines. Blank lines are passed over. A record ends at a line end;
 * with `quotes` only at one that stands outside double quotes, as in CSV. One bad record costs that record and nothing
 * after it: a quote that never closes ends with its line.
 */
class Splitter {
  #pending: Buffer = Buffer.alloc(0);
  #line = 1;
  #atStart = true;
  /** In the middle of a line that was already given up. */
  #discarding = false;
  readonly #quotes: boolean;

  constructor(quotes: boolean) {
    this.#quotes = quotes;
  }

  /** The records that are complete once `chunk` has arrived; with undefined, the rest. */
  take(chunk: Uint8Array | undefined): (TextRecord | BadRow)[] {
    if (chunk !== undefined) this.#pending = Buffer.concat([this.#pending, chunk]);
    const last = chunk === undefined;
    if (this.#atStart && !last && this.#pending.length < 3) return [];
    const records: (TextRecord | BadRow)[] = [];
    let at = this.#skip();
    while (at < this.#pending.length) {
      const end = recordEnd(this.#pending, at, this.#quotes);
      const next = end === -1 ? this.#cut(at, last, records) : this.#emit(at, end, records);
      if (next === -1) break;
      at = next;
    }
    this.#pending = this.#pending.subarray(at);
    return records;
  }

  /** Where reading starts: after a byte order mark, or after the rest of a line that was given up. */
  #skip(): number {
    const bytes = this.#pending;
    if (this.#atStart) {
      this.#atStart = false;
      return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    }
    if (!this.#discarding) return 0;
    const end = bytes.indexOf(NEWLINE);
    if (end === -1) return bytes.length;
    this.#discarding = false;
    this.#line += 1;
    return end + 1;
  }

  /** No record end was found from `at` on: waits for more by answering -1, or gives up a line and says where the next starts. */
  #cut(at: number, last: boolean, records: (TextRecord | BadRow)[]): number {
    const bytes = this.#pending;
    if (!last && bytes.length - at <= PAYLOAD_BYTES_MAX) return -1;
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline !== -1) {
      const within = last ? "before the end of the input" : `within ${PAYLOAD_BYTES_MAX.toLocaleString("en")} bytes`;
      records.push(this.#bad(at, newline, `opens a quote and does not close it ${within}`));
      this.#line += 1;
      return newline + 1;
    }
    if (last) return this.#emit(at, bytes.length, records);
    records.push(this.#bad(at, bytes.length, tooLong()));
    this.#discarding = true;
    return bytes.length;
  }

  /** Adds the record from `at` to `end`, unless it is blank, and answers where the next one starts. */
  #emit(at: number, end: number, records: (TextRecord | BadRow)[]): number {
    const bytes = this.#pending;
    const stop = end > at && bytes[end - 1] === RETURN ? end - 1 : end;
    const slice = bytes.subarray(at, stop);
    if (slice.length > PAYLOAD_BYTES_MAX) records.push(this.#bad(at, stop, tooLong()));
    else if (!isUtf8(slice)) records.push(this.#bad(at, stop, "holds bytes that are not UTF-8"));
    else {
      const text = slice.toString("utf8");
      if (text.trim() !== "") records.push({ line: this.#line, text });
    }
    this.#line += this.#quotes ? countLines(slice) : 1;
    return end + 1;
  }

  #bad(at: number, end: number, problem: string): BadRow {
    const raw = Uint8Array.prototype.slice.call(this.#pending, at, Math.min(end, at + PAYLOAD_BYTES_MAX));
    return { line: this.#line, raw, problem };
  }
}

/** The records of a text file, a list for each chunk of it. */
export async function* splitRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly quotes: boolean },
): AsyncIterable<(TextRecord | BadRow)[]> {
  const splitter = new Splitter(options.quotes);
  for await (const chunk of chunks) yield splitter.take(chunk);
  yield splitter.take(undefined);
}

/** Where the line end is that ends the record starting at `at`, or -1 when it is not in `bytes`. */
function recordEnd(bytes: Buffer, at: number, quotes: boolean): number {
  if (!quotes) return bytes.indexOf(NEWLINE, at);
  let open = false;
  /** A quote opens only where a value starts, or right after it closed, as two quotes stand for one. */
  let mayOpen = true;
  for (let index = at; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === QUOTE && (open || mayOpen)) {
      mayOpen = open;
      open = !open;
    } else if (!open) {
      if (byte === NEWLINE) return index;
      mayOpen = byte === COMMA;
    }
  }
  return -1;
}

function countLines(bytes: Buffer): number {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

function tooLong(): string {
  return `is longer than ${PAYLOAD_BYTES_MAX.toLocaleString("en")} bytes`;
}
