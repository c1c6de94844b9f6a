import type { Readable } from "node:stream";
import { addAbortSignal } from "node:stream";
import { openFile, unreadable } from "../file.ts";
import { formatOfName, READERS, sniffFormat, type Format } from "./format.ts";
import type { BadRow, Row } from "./row.ts";

/** An input, open. */
export interface Input {
  /** What to call it in errors: its path, or `stdin`. */
  readonly name: string;
  readonly rows: AsyncIterable<Row | BadRow>;
}

/**
 * Opens an input: a file, or standard input for `-`. Its format is the one given, else the one its name tells, else the
 * one its first bytes tell. Reading throws an `AbortError` once the signal aborts.
 *
 * @throws DoterosError `unreadable-input`.
 */
export async function openInput(path: string, format: Format | undefined, signal: AbortSignal): Promise<Input> {
  const name = path === "-" ? "stdin" : path;
  const stream: Readable = path === "-" ? process.stdin : (await openFile(path, "the input")).createReadStream();
  const chunks = read(addAbortSignal(signal, stream), name);
  const known = format ?? (path === "-" ? undefined : formatOfName(path));
  if (known !== undefined) return { name, rows: READERS[known](chunks, name) };
  const sniffed = await sniffFormat(chunks);
  return { name, rows: READERS[sniffed.format](sniffed.chunks, name) };
}

/** The bytes of a stream; when reading breaks off, the error says of what. */
async function* read(stream: Readable, name: string): AsyncIterable<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw await unreadable(name, "the input", error);
  }
}
