import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BadRow, ReadRows, Row } from "../../../host/cli/input/row.ts";

/** Where a data set of vega-datasets is. */
export function dataset(name: string): string {
  return fileURLToPath(new URL(`../../../node_modules/vega-datasets/data/${name}`, import.meta.url));
}

/** The bytes of `text` in pieces of `size` bytes, as a slow pipe would bring them. */
export async function* chunksOf(text: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Every row that `read` makes of the bytes. */
export async function rowsOf(read: ReadRows, chunks: AsyncIterable<Uint8Array>): Promise<(Row | BadRow)[]> {
  const rows: (Row | BadRow)[] = [];
  for await (const row of read(chunks, "input")) rows.push(row);
  return rows;
}

/** Every row that `read` makes of a data set. */
export function rowsOfDataset(read: ReadRows, name: string): Promise<(Row | BadRow)[]> {
  return rowsOf(read, createReadStream(dataset(name)));
}

/** What a row became, in a form to compare: its payload, or what is wrong with it. */
export function outcome(row: Row | BadRow): string {
  return row.problem === undefined ? `${row.line} ${row.payload}` : `${row.line} bad: ${row.problem}`;
}

/** The row, which must be a good one. */
export function good(row: Row | BadRow | undefined): Row {
  if (row?.problem !== undefined || row === undefined) throw new Error(`not a good row: ${row?.problem ?? "none"}`);
  return row;
}
