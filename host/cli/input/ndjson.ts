import { objectRow } from "./object-row.ts";
import { splitRecords } from "./record.ts";
import type { BadRow, Row } from "./row.ts";

/** Reads JSON objects, one on each line. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Row | BadRow> {
  for await (const batch of splitRecords(chunks, { quotes: false })) {
    for (const record of batch) {
      yield record.problem === undefined ? objectRow(record.text.trim(), record.line) : record;
    }
  }
}
