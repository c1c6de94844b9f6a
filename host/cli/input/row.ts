/** One row of an input that could be read: what becomes one message. */
export interface Row {
  readonly problem?: undefined;
  /** The line of the file it starts on; the first is 1. */
  readonly line: number;
  /** The message's payload: JSON text, with the numbers as the file spells them. */
  readonly payload: string;
  /** The names of its columns, in order. */
  columns(): readonly string[];
  /** The value in `column`, or undefined when the row has no such column. */
  cell(column: string): unknown;
}

/** One row of an input that could not be read, with the reason. The rows after it can still be. */
export interface BadRow {
  readonly line: number;
  /** Its bytes as they stand in the file; at most the first MiB of them. */
  readonly raw: Uint8Array;
  /** Why it could not be read: the rest of a sentence that starts with the place. */
  readonly problem: string;
}

/**
 * Turns the bytes of an input into rows, in order.
 *
 * @param name What to call the input in errors: its path, or `stdin`.
 * @throws DoterosError `invalid-row` when nothing after this place can be read.
 */
export type ReadRows = (chunks: AsyncIterable<Uint8Array>, name: string) => AsyncIterable<Row | BadRow>;
