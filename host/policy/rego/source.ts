/** The text of one module, or of a query. */
export interface Source {
  /** Its name in errors; empty for a query. */
  readonly file: string;
  readonly text: string;
}

/** A place in a source. */
export interface Location {
  readonly source: Source;
  /** The line, from 1. */
  readonly row: number;
  /** The column, from 1, in code points. */
  readonly col: number;
  /** Where in the text, in UTF-16 code units. */
  readonly offset: number;
}

/** A place as errors name it: `file:row`, or `row:col` in a query. */
export function placeOf({ source, row, col }: Location): string {
  return source.file === "" ? `${row}:${col}` : `${source.file}:${row}`;
}

/** The line that a place is in, and a caret under the place; a place behind a line's end points at its last character. */
export function lineAt({ source: { text }, offset }: Location): readonly string[] {
  let at = Math.max(0, Math.min(offset, text.length - 1));
  while (at > 0 && /\s/.test(text[at] as string)) at -= 1;
  const begin = Math.max(text.lastIndexOf("\n", at), text.lastIndexOf("\r", at)) + 1;
  const rest = text.slice(begin).search(/[\r\n]/);
  const whole = rest < 0 ? text.slice(begin) : text.slice(begin, begin + rest);
  const line = whole.replace(/^\t+/, "");
  const caret = Math.max(0, at - begin - (whole.length - line.length));
  return [line, `${" ".repeat(caret)}^`];
}

/** The line and column behind a text that begins at a place and ends at an offset. */
export function endOf({ source, row, col, offset }: Location, end: number): { readonly row: number; readonly col: number } {
  const lines = source.text.slice(offset, end).split("\n");
  const last = Array.from(lines.at(-1) ?? "").length;
  return { row: row + lines.length - 1, col: lines.length === 1 ? col + last : last + 1 };
}
