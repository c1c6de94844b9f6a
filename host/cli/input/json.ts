import { isUtf8 } from "node:buffer";
import { DoterosError } from "../../contract/error.ts";
import { objectRow } from "./object-row.ts";
import type { BadRow, Row } from "./row.ts";

/** A JSON file is read whole before its first row; NDJSON has no such limit. */
const JSON_INPUT_BYTES_MAX = 134_217_728;

/**
 * Reads one JSON document: an array of objects, or one object. Each object's own text is a row's payload.
 *
 * @throws DoterosError `invalid-row` when the document is not an array or object that ends; `limit-exceeded` past
 * {@link JSON_INPUT_BYTES_MAX}.
 */
export async function* readJson(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Row | BadRow> {
  const text = await readText(chunks, name);
  const start = skipSpace(text, 0);
  if (text[start] === "[") yield* readArray(text, start, name);
  else if (text[start] === "{") yield readObject(text, start, name);
  else throw unreadable("is neither an array of objects nor an object", text, start, name);
}

async function readText(chunks: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > JSON_INPUT_BYTES_MAX) {
      throw new DoterosError("limit-exceeded", `a JSON input may hold ${JSON_INPUT_BYTES_MAX.toLocaleString("en")} bytes`, {
        where: name,
        help: "put one object on each line, which has no such limit: jq -c '.[]' FILE | doteros-wasm run … --input - --format ndjson",
      });
    }
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  if (!isUtf8(bytes)) {
    throw new DoterosError("invalid-row", "the input holds bytes that are not UTF-8", {
      where: name,
      help: "convert it first: iconv -f latin1 -t utf-8 FILE",
    });
  }
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The document is one object, so it is one row; anything wrong with it is wrong with the whole input. */
function readObject(text: string, start: number, name: string): Row {
  const row = objectRow(text.slice(start).trimEnd(), new LineCounter(text).lineAt(start));
  if (row.problem === undefined) return row;
  const [first = ""] = text.slice(start).split("\n", 1);
  const lines = objectRow(first, 1).problem === undefined;
  throw new DoterosError("invalid-row", `the input ${row.problem}`, {
    where: `${name}:${row.line}`,
    help: lines ? "it has an object on each line: add --format ndjson" : "a JSON input is an array of objects, or one object",
  });
}

function* readArray(text: string, start: number, name: string): Iterable<Row | BadRow> {
  const lines = new LineCounter(text);
  let at = skipSpace(text, start + 1);
  while (text[at] !== "]") {
    const end = elementEnd(text, at);
    if (end === text.length) throw unreadable("ends before the array of rows does", text, end, name);
    yield objectRow(text.slice(at, end).trimEnd(), lines.lineAt(at));
    if (text[end] === "]") {
      at = end;
      break;
    }
    at = skipSpace(text, end + 1);
    if (text[at] === "]") throw unreadable("has a comma after its last row", text, end, name);
  }
  const after = skipSpace(text, at + 1);
  if (after !== text.length) throw unreadable("goes on after the array of rows", text, after, name);
}

/** Where the array element that starts at `at` ends: at its comma or closing bracket, or at the end of the text. */
function elementEnd(text: string, at: number): number {
  let depth = 0;
  for (let index = at; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = stringEnd(text, index);
    else if (character === "[" || character === "{") depth += 1;
    else if (depth > 0 && (character === "]" || character === "}")) depth -= 1;
    else if (depth === 0 && (character === "]" || character === ",")) return index;
  }
  return text.length;
}

/** Where the string that opens at `at` closes. */
function stringEnd(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\\") index += 1;
    else if (character === '"') return index;
  }
  return text.length;
}

function skipSpace(text: string, at: number): number {
  let index = at;
  while (index < text.length && " \t\r\n".includes(text.charAt(index))) index += 1;
  return index;
}

/** Which line a place is on, asked in order, so that the whole text is looked at once. */
class LineCounter {
  #line = 1;
  #newline: number;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#newline = text.indexOf("\n");
  }

  lineAt(at: number): number {
    while (this.#newline !== -1 && this.#newline < at) {
      this.#line += 1;
      this.#newline = this.#text.indexOf("\n", this.#newline + 1);
    }
    return this.#line;
  }
}

function unreadable(problem: string, text: string, at: number, name: string): DoterosError {
  return new DoterosError("invalid-row", `the input ${problem}`, {
    where: `${name}:${new LineCounter(text).lineAt(at)}`,
    help: "a JSON input is an array of objects, or one object; for an object on each line add --format ndjson",
  });
}
