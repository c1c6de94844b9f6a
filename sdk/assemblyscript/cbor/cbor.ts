import { argumentAt, checkItem, halfOf, headBytes, isBreak, isIndefinite, majorAt, passItem, stopAt, stoppedAt } from "./item";

/** What a CBOR value is. */
export enum CborKind {
  /** A whole number from -2^64 to 2^64 - 1. */
  Integer,
  Float,
  Text,
  Bytes,
  Array,
  Map,
  Bool,
  Null,
  /** Undefined, or a simple value that has no meaning of its own. */
  Other,
}

/** Where the last document that was read went wrong. */
let problem: i32 = -1;

/**
 * A CBOR value where it lies in the payload. The document is checked once, to its last byte; after that only what is asked
 * for is looked at, and only what is asked for as text or number is made. Tags are stepped over.
 */
export class Cbor {
  private constructor(
    private readonly source: Uint8Array,
    /** Behind its tags. */
    private readonly start: usize,
    /** The innermost tag of the value. */
    private readonly tagged: i64,
  ) {}

  /** Reads a document; null when it is not one well-formed item (RFC 8949) or nests deeper than 64: see `Cbor.problemAt()`. */
  static read(bytes: Uint8Array): Cbor | null {
    const start = bytes.dataStart;
    const past = start + bytes.byteLength;
    let end = checkItem(start, past, 0);
    if (end != 0 && end != past) end = stopAt(end);
    if (end != 0) return Cbor.of(bytes, start);
    problem = <i32>(stoppedAt() - start);
    return null;
  }

  /** The byte at which the last document that was not CBOR went wrong; the first is 0. */
  static problemAt(): i32 {
    return problem;
  }

  private static of(source: Uint8Array, start: usize): Cbor {
    let tag: i64 = -1;
    while (majorAt(start) == 6) {
      tag = argumentAt(start);
      start += headBytes(start);
    }
    return new Cbor(source, start, tag);
  }

  /** What the value is. */
  get kind(): CborKind {
    switch (majorAt(this.start)) {
      case 0: case 1: return CborKind.Integer;
      case 2: return CborKind.Bytes;
      case 3: return CborKind.Text;
      case 4: return CborKind.Array;
      case 5: return CborKind.Map;
    }
    const info = load<u8>(this.start) & 31;
    if (info == 20 || info == 21) return CborKind.Bool;
    if (info == 22) return CborKind.Null;
    return info >= 25 ? CborKind.Float : CborKind.Other;
  }

  /** The number of the tag on the value, of several the innermost; -1 when it has none. */
  get tag(): i64 {
    return this.tagged;
  }

  /** How many elements an array or entries a map has; 0 for anything else. */
  get length(): i32 {
    const major = majorAt(this.start);
    if (major != 4 && major != 5) return 0;
    if (!isIndefinite(this.start)) return <i32>argumentAt(this.start);
    let count = 0;
    for (let at = this.start + 1; !isBreak(at); at = passItem(at)) count += 1;
    return major == 5 ? count / 2 : count;
  }

  /** The value that a map has under the text `name`, of several the first; null when there is none, or it is no map. */
  get(name: string): Cbor | null {
    if (majorAt(this.start) != 5) return null;
    let at = this.first();
    for (let left = this.count(); this.isMore(at, left); left -= 1) {
      const value = passItem(at);
      if (isName(at, value, name)) return Cbor.of(this.source, value);
      at = passItem(value);
    }
    return null;
  }

  /** The element of an array, or the value of the entry of a map, at `index`; null when there is none. */
  at(index: i32): Cbor | null {
    const start = this.entry(index);
    if (start == 0) return null;
    return Cbor.of(this.source, majorAt(this.start) == 5 ? passItem(start) : start);
  }

  /** The key of the entry of a map at `index`; null when there is none. */
  keyAt(index: i32): Cbor | null {
    const start = majorAt(this.start) == 5 ? this.entry(index) : 0;
    return start == 0 ? null : Cbor.of(this.source, start);
  }

  /** The text that the value is; null when it is none. */
  asText(): string | null {
    if (majorAt(this.start) != 3) return null;
    if (!isIndefinite(this.start)) return String.UTF8.decodeUnsafe(this.first(), <usize>argumentAt(this.start));
    const bytes = joined(this.start);
    return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.byteLength);
  }

  /** A copy of the bytes that the value is; null when it is none. */
  asBytes(): Uint8Array | null {
    return majorAt(this.start) == 2 ? joined(this.start) : null;
  }

  /** The number that the value is, whole or not; NaN when it is none. Whole ones beyond 2^53 are rounded. */
  asNumber(): f64 {
    const major = majorAt(this.start);
    const argument = argumentAt(this.start);
    if (major == 0) return <f64>argument;
    if (major == 1) return -1 - <f64>argument;
    if (major != 7) return NaN;
    switch (load<u8>(this.start) & 31) {
      case 25: return halfOf(<u32>argument);
      case 26: return <f64>reinterpret<f32>(<u32>argument);
      case 27: return reinterpret<f64>(argument);
      default: return NaN;
    }
  }

  /** The whole number that the value is, when it is one from -2^63 to 2^63 - 1; `otherwise` when it is not. */
  asInteger(otherwise: i64 = 0): i64 {
    const major = majorAt(this.start);
    const argument = argumentAt(this.start);
    if (major > 1 || argument > <u64>i64.MAX_VALUE) return otherwise;
    return major == 0 ? <i64>argument : -1 - <i64>argument;
  }

  /** Whether the value is `true`. */
  asBool(): bool {
    return load<u8>(this.start) == 0xf5;
  }

  /** The text under `name`; null when there is none, or it is no text. */
  getText(name: string): string | null {
    const value = this.get(name);
    return value === null ? null : value.asText();
  }

  /** The number under `name`, whole or not; NaN when there is none, or it is no number. */
  getNumber(name: string): f64 {
    const value = this.get(name);
    return value === null ? NaN : value.asNumber();
  }

  /** The whole number under `name`; `otherwise` when there is none, or it is no whole number of 64 bits. */
  getInteger(name: string, otherwise: i64 = 0): i64 {
    const value = this.get(name);
    return value === null ? otherwise : value.asInteger(otherwise);
  }

  /** Whether the value under `name` is `true`. */
  getBool(name: string): bool {
    const value = this.get(name);
    return value !== null && value.asBool();
  }

  /** The bytes of the value as they stand in the document, without its tags: a view, for a `CborWriter` to take over. */
  raw(): Uint8Array {
    const bytes = this.source;
    const offset = <i32>(this.start - bytes.dataStart);
    return bytes.subarray(offset, offset + <i32>(passItem(this.start) - this.start));
  }

  /** Where what follows the head starts. */
  private first(): usize {
    return this.start + headBytes(this.start);
  }

  /** Elements or entries, or as many as can be when that is not said. */
  private count(): u64 {
    return isIndefinite(this.start) ? u64.MAX_VALUE : argumentAt(this.start);
  }

  private isMore(at: usize, left: u64): bool {
    return isIndefinite(this.start) ? !isBreak(at) : left > 0;
  }

  /** Where the element, or the key of the entry, at `index` starts; 0 when there is none. */
  private entry(index: i32): usize {
    const major = majorAt(this.start);
    if (index < 0 || (major != 4 && major != 5)) return 0;
    let at = this.first();
    for (let left = this.count(); this.isMore(at, left); left -= 1, index -= 1) {
      if (index == 0) return at;
      at = passItem(at);
      if (major == 5) at = passItem(at);
    }
    return 0;
  }
}

/** Whether the item from `at` to `end` is the text `name`. */
function isName(at: usize, end: usize, name: string): bool {
  if (majorAt(at) != 3) return false;
  if (!isIndefinite(at)) {
    const start = at + headBytes(at);
    const length = <usize>name.length;
    if (end - start < length) return false;
    if (end - start == length) {
      // As many bytes as units: only ASCII can be that.
      for (let index: usize = 0; index < length; index += 1) {
        if (<i32>load<u8>(start + index) != name.charCodeAt(<i32>index)) return false;
      }
      return true;
    }
    return String.UTF8.decodeUnsafe(start, end - start) == name;
  }
  const bytes = joined(at);
  return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.byteLength) == name;
}

/** A copy of the bytes of the string at `at`, whose parts are joined. */
function joined(at: usize): Uint8Array {
  if (!isIndefinite(at)) return copied(at + headBytes(at), <usize>argumentAt(at));
  let length: usize = 0;
  for (let part = at + 1; !isBreak(part); part = passItem(part)) length += <usize>argumentAt(part);
  const bytes = new Uint8Array(<i32>length);
  let to = bytes.dataStart;
  for (let part = at + 1; !isBreak(part); part = passItem(part)) {
    memory.copy(to, part + headBytes(part), <usize>argumentAt(part));
    to += <usize>argumentAt(part);
  }
  return bytes;
}

function copied(from: usize, length: usize): Uint8Array {
  const bytes = new Uint8Array(<i32>length);
  memory.copy(bytes.dataStart, from, length);
  return bytes;
}
