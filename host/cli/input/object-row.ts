import type { BadRow, Row } from "./row.ts";

class ObjectRow implements Row {
  readonly line: number;
  readonly payload: string;
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(line: number, payload: string, object: Readonly<Record<string, unknown>>) {
    this.line = line;
    this.payload = payload;
    this.#object = object;
  }

  columns(): readonly string[] {
    return Object.keys(this.#object);
  }

  cell(column: string): unknown {
    return Object.hasOwn(this.#object, column) ? this.#object[column] : undefined;
  }
}

/** The row that the JSON text of one object is. Its text is the payload, so numbers stay as they are spelled. */
export function objectRow(text: string, line: number): Row | BadRow {
  const bad = (problem: string): BadRow => ({ line, raw: Buffer.from(text), problem });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null) return bad(`holds ${nameOf(value)}, and a row is an object`);
  if (Array.isArray(value)) return bad("holds an array, and a row is an object");
  return new ObjectRow(line, text, value as Readonly<Record<string, unknown>>);
}

function nameOf(value: unknown): string {
  return value === null ? "null" : `a ${typeof value}`;
}
