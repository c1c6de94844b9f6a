import { textAt } from "../../binding/text";
import { decodeString } from "./string";
import { byteAt, scanString, scanValue, skipSpace, stopAt, stoppedAt } from "./scan";

/** What a field turned out to be. */
export const enum FieldKind {
  Missing,
  Text,
  Number,
  /** An array, an object, true, false or null. */
  Other,
}

/**
 * Some fields of one JSON object, by name. The object is read once and checked to its last byte; of two members with
 * the same name the later one counts, as in JavaScript. Only what is asked for is decoded.
 */
export class JsonFields {
  /** The byte of the payload that makes it not a JSON object, or -1 when it is one. */
  malformedAt: i32 = -1;
  private starts: StaticArray<usize>;
  private ends: StaticArray<usize>;

  constructor(private names: StaticArray<string>) {
    this.starts = new StaticArray<usize>(names.length);
    this.ends = new StaticArray<usize>(names.length);
  }

  /** Reads the `length` bytes at `start`; true when they are one JSON object. */
  read(start: usize, length: usize): bool {
    if (this.readObject(start, start + length)) return true;
    this.malformedAt = <i32>(stoppedAt() - start);
    return false;
  }

  kindOf(field: i32): FieldKind {
    const start = this.starts[field];
    if (start == 0) return FieldKind.Missing;
    const first = load<u8>(start);
    if (first == 0x22) return FieldKind.Text;
    return first == 0x2d || <u8>(first - 0x30) < 10 ? FieldKind.Number : FieldKind.Other;
  }

  /** The text of a field whose kind is `Text`. */
  textOf(field: i32): string {
    return decodeString(this.starts[field], this.ends[field]);
  }

  /**
   * The number of a field whose kind is `Number`; infinite when it is too large for 64 bits. The nearest one for up to
   * 15 digits; of longer ones AssemblyScript's `parseFloat` may miss the last bit, the same way everywhere.
   */
  numberOf(field: i32): f64 {
    return parseFloat(textAt(this.starts[field], this.ends[field] - this.starts[field]));
  }

  private readObject(at: usize, end: usize): bool {
    at = skipSpace(at, end);
    if (byteAt(at, end) != 0x7b) return stopAt(at) != 0; // {
    at = skipSpace(at + 1, end);
    if (byteAt(at, end) != 0x7d) {
      at = this.readMembers(at, end);
      if (at == 0) return false;
    }
    at = skipSpace(at + 1, end);
    return at == end || stopAt(at) != 0;
  }

  /** The members of an object that has some; returns where its closing brace is, or 0. */
  private readMembers(at: usize, end: usize): usize {
    while (true) {
      const nameEnd = scanString(at, end);
      if (nameEnd == 0) return 0;
      const field = this.fieldOf(at, nameEnd);
      at = skipSpace(nameEnd, end);
      if (byteAt(at, end) != 0x3a) return stopAt(at); // :
      at = skipSpace(at + 1, end);
      const valueEnd = scanValue(at, end, 1);
      if (valueEnd == 0) return 0;
      if (field >= 0) {
        this.starts[field] = at;
        this.ends[field] = valueEnd;
      }
      at = skipSpace(valueEnd, end);
      if (byteAt(at, end) == 0x7d) return at;
      if (byteAt(at, end) != 0x2c) return stopAt(at); // ,
      at = skipSpace(at + 1, end);
    }
  }

  private fieldOf(start: usize, end: usize): i32 {
    const name = decodeString(start, end);
    for (let field = 0; field < this.names.length; field += 1) {
      if (this.names[field] == name) return field;
    }
    return -1;
  }
}
