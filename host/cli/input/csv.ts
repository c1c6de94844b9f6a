import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { DoterosError } from "../../contract/error.ts";
import { splitRecords } from "./record.ts";
import type { TextRecord } from "./record.ts";
import type { BadRow, Row } from "./row.ts";

/** What JSON calls a number; such a value is passed on as it is spelled. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What a file says about its rows: the names, as they are and as JSON keys. */
interface Header {
  readonly names: readonly string[];
  readonly keys: readonly string[];
}

class CsvRow implements Row {
  readonly line: number;
  readonly #header: Header;
  readonly #values: readonly string[];

  constructor(line: number, header: Header, values: readonly string[]) {
    this.line = line;
    this.#header = header;
    this.#values = values;
  }

  get payload(): string {
    const { keys } = this.#header;
    let json = "";
    this.#values.forEach((value, index) => {
      json += `${index === 0 ? "{" : ","}${keys[index]}${NUMBER.test(value) ? value : JSON.stringify(value)}`;
    });
    return `${json}}`;
  }

  columns(): readonly string[] {
    return this.#header.names;
  }

  cell(column: string): string | undefined {
    return this.#values[this.#header.names.indexOf(column)];
  }
}

/**
 * Reads comma-separated values. The first record names the columns; each other one becomes an object whose values are
 * text, or numbers where they are spelled as JSON spells numbers. An empty value stays an empty text.
 *
 * @throws DoterosError `invalid-row` when the header cannot be used.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Row | BadRow> {
  let header: Header | undefined;
  for await (let batch of splitRecords(chunks, { quotes: true })) {
    if (header === undefined) {
      const [first, ...rest] = batch;
      if (first === undefined) continue;
      header = readHeader(first, name);
      batch = rest;
    }
    yield* readBatch(batch, header);
  }
  if (header === undefined) {
    throw new DoterosError("invalid-row", "the input is empty, where CSV starts with a row that names its columns", {
      where: name,
      help: "add a first row such as: city,date,temperature",
    });
  }
}

function readHeader(record: TextRecord | BadRow, name: string): Header {
  const values = record.problem ?? splitValues(record);
  const where = `${name}:${record.line}`;
  if (typeof values === "string") throw new DoterosError("invalid-row", `the row that names the columns ${values}`, { where });
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new DoterosError("invalid-row", `two columns have the name ${JSON.stringify(twice)}`, {
      where,
      help: "give each column a name of its own in the first row",
    });
  }
  return { names: values, keys: values.map((value) => `${JSON.stringify(value)}:`) };
}

function readBatch(records: readonly (TextRecord | BadRow)[], header: Header): (Row | BadRow)[] {
  const together = splitAll(records);
  return records.map((record, index) => {
    if (record.problem !== undefined) return record;
    const values = together?.[index] ?? splitValues(record);
    if (typeof values === "string") return badRow(record, values);
    const expected = header.names.length;
    if (values.length === expected) return new CsvRow(record.line, header, values);
    const found = values.length === 1 ? "1 value" : `${values.length} values`;
    return badRow(record, `has ${found}, and the first row names ${expected} columns`);
  });
}

function badRow(record: TextRecord, problem: string): BadRow {
  return { line: record.line, raw: Buffer.from(record.text), problem };
}

/** The values of all records in one call, which is ten times faster; undefined when that did not work out. */
function splitAll(records: readonly (TextRecord | BadRow)[]): string[][] | undefined {
  let text = "";
  for (const record of records) {
    if (record.problem !== undefined) return undefined;
    text += `${record.text}\n`;
  }
  try {
    const rows = parse(text, { record_delimiter: "\n", relax_column_count: true });
    return rows.length === records.length ? rows : undefined;
  } catch {
    return undefined;
  }
}

/** The values of one record, or why it has none. */
function splitValues(record: TextRecord): string[] | string {
  try {
    const [values] = parse(`${record.text}\n`, { record_delimiter: "\n", relax_column_count: true });
    return values ?? "has no values";
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === "CSV_INVALID_CLOSING_QUOTE") return "has text between a closing quote and the next comma";
    if (error.code === "INVALID_OPENING_QUOTE") return "has a quote in the middle of a value that does not start with one";
    if (error.code === "CSV_QUOTE_NOT_CLOSED") return "opens a quote and does not close it";
    return `is not CSV: ${error.message}`;
  }
}
