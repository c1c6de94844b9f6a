import { numberAt } from "./number";
import { passString, passValue, scanValue, skipSpace, stoppedAt } from "./scan";
import { decodeString, isString } from "./string";

/** What a JSON value is. */
export enum JsonKind {
  Null,
  Bool,
  Number,
  Text,
  Array,
  Object,
}

/** Where the last document that was read went wrong. */
let problem: i32 = -1;

/**
 * A JSON value where it lies in the payload. The document is checked once, to its last byte; after that only what is asked
 * for is looked at, and only what is asked for as text or number is made.
 */
export class Json {
  /** Of an object or array that was asked: where each name (objects only) and each value starts and ends. */
  private parts: StaticArray<usize> | null = null;

  private constructor(
    private readonly source: Uint8Array,
    private readonly start: usize,
    private readonly end: usize,
  ) {}

  /** Reads a document; null when it is not JSON (RFC 8259) or nests deeper than 64: see `Json.problemAt()`. */
  static read(bytes: Uint8Array): Json | null {
    const first = bytes.dataStart;
    const past = first + bytes.byteLength;
    const start = skipSpace(first, past);
    const end = scanValue(start, past, 0);
    const rest = skipSpace(end == 0 ? past : end, past);
    if (end != 0 && rest == past) return new Json(bytes, start, end);
    problem = <i32>((end == 0 ? stoppedAt() : rest) - first);
    return null;
  }

  /** The byte at which the last document that was not JSON went wrong; the first is 0. */
  static problemAt(): i32 {
    return problem;
  }

  /** What the value is. */
  get kind(): JsonKind {
    switch (load<u8>(this.start)) {
      case 0x22: return JsonKind.Text;
      case 0x7b: return JsonKind.Object;
      case 0x5b: return JsonKind.Array;
      case 0x74: case 0x66: return JsonKind.Bool;
      case 0x6e: return JsonKind.Null;
      default: return JsonKind.Number;
    }
  }

  /** How many elements an array or members an object has; 0 for anything else. */
  get length(): i32 {
    const kind = this.kind;
    return kind < JsonKind.Array ? 0 : this.index().length / (kind == JsonKind.Object ? 4 : 2);
  }

  /** The member `name` of an object, of several with that name the last; null when there is none, or it is no object. */
  get(name: string): Json | null {
    if (this.kind != JsonKind.Object) return null;
    const parts = this.index();
    for (let at = parts.length - 4; at >= 0; at -= 4) {
      if (isString(parts[at], parts[at + 1], name)) return new Json(this.source, parts[at + 2], parts[at + 3]);
    }
    return null;
  }

  /** The element of an array, or the value of the member of an object, at `index`; null when there is none. */
  at(index: i32): Json | null {
    if (index < 0 || index >= this.length) return null;
    const parts = this.index();
    const at = this.kind == JsonKind.Object ? index * 4 + 2 : index * 2;
    return new Json(this.source, parts[at], parts[at + 1]);
  }

  /** The name of the member of an object at `index`; null when there is none. */
  nameAt(index: i32): string | null {
    if (this.kind != JsonKind.Object || index < 0 || index >= this.length) return null;
    const parts = this.index();
    return decodeString(parts[index * 4], parts[index * 4 + 1]);
  }

  /** The text that the value is; null when it is none. */
  asText(): string | null {
    return this.kind == JsonKind.Text ? decodeString(this.start, this.end) : null;
  }

  /** The number that the value is; NaN when it is none. */
  asNumber(): f64 {
    return this.kind == JsonKind.Number ? numberAt(this.start, this.end) : NaN;
  }

  /** Whether the value is `true`. */
  asBool(): bool {
    return load<u8>(this.start) == 0x74;
  }

  /** The text of the member `name`; null when there is none, or it is no text. */
  getText(name: string): string | null {
    const value = this.get(name);
    return value === null ? null : value.asText();
  }

  /** The number of the member `name`; NaN when there is none, or it is no number. */
  getNumber(name: string): f64 {
    const value = this.get(name);
    return value === null ? NaN : value.asNumber();
  }

  /** Whether the member `name` is `true`. */
  getBool(name: string): bool {
    const value = this.get(name);
    return value !== null && value.asBool();
  }

  /** The value as it is written in the document. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.end - this.start);
  }

  private index(): StaticArray<usize> {
    const known = this.parts;
    if (known !== null) return known;
    const found = partsOf(this.start, this.end);
    this.parts = found;
    return found;
  }
}

function partsOf(start: usize, end: usize): StaticArray<usize> {
  const found: Array<usize> = [];
  const isObject = load<u8>(start) == 0x7b;
  let at = skipSpace(start + 1, end);
  while (at < end - 1) {
    if (isObject) {
      const nameEnd = passString(at);
      found.push(at);
      found.push(nameEnd);
      at = skipSpace(skipSpace(nameEnd, end) + 1, end);
    }
    const valueEnd = passValue(at, end);
    found.push(at);
    found.push(valueEnd);
    at = skipSpace(valueEnd, end);
    if (load<u8>(at) == 0x2c) at = skipSpace(at + 1, end);
  }
  return StaticArray.fromArray(found);
}
