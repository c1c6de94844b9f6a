import { Buffer } from "../buffer";
import { textOf } from "../bytes";

/** Objects and arrays inside each other, at most. */
const DEPTH_MAX: i32 = 64;

/**
 * Writes a JSON document, from left to right, with no space in it. What would be no JSON ends the call: a value without a
 * name in an object, an end without a beginning, a document that is not whole.
 *
 *     new JsonWriter().object().key("city").text("Ulm").key("days").number(3).end().bytes()   // {"city":"Ulm","days":3}
 */
export class JsonWriter {
  private out: Buffer = new Buffer();
  /** The closing bracket of each object and array that is open. */
  private open: StaticArray<u8> = new StaticArray<u8>(DEPTH_MAX);
  private depth: i32 = 0;
  private isFirst: bool = true;
  private hasKey: bool = false;

  /** Begins an object, which `end` ends. */
  object(): JsonWriter {
    return this.begin(0x7b, 0x7d);
  }

  /** Begins an array, which `end` ends. */
  array(): JsonWriter {
    return this.begin(0x5b, 0x5d);
  }

  /** Ends the object or array that was begun last. */
  end(): JsonWriter {
    assert(this.depth > 0 && !this.hasKey, "there is nothing to end in the JSON that is written");
    this.depth -= 1;
    this.out.byte(this.open[this.depth]);
    this.isFirst = false;
    return this;
  }

  /** Names the member of an object that comes next. */
  key(name: string): JsonWriter {
    assert(this.depth > 0 && this.open[this.depth - 1] == 0x7d && !this.hasKey, "a name belongs into an object, before a value");
    if (!this.isFirst) this.out.byte(0x2c);
    this.out.quoted(name);
    this.out.byte(0x3a);
    this.hasKey = true;
    return this;
  }

  /** A text. */
  text(value: string): JsonWriter {
    this.next();
    this.out.quoted(value);
    return this;
  }

  /** A number; what JSON has none for, infinities and NaN, is `null`. */
  number(value: f64): JsonWriter {
    this.next();
    if (!isFinite(value)) this.out.ascii("null");
    else if (value == Math.trunc(value) && Math.abs(value) < 1e15) this.out.ascii((<i64>value).toString());
    else this.out.ascii(value.toString());
    return this;
  }

  /** A whole number. */
  integer(value: i64): JsonWriter {
    this.next();
    this.out.ascii(value.toString());
    return this;
  }

  /** `true` or `false`. */
  bool(value: bool): JsonWriter {
    this.next();
    this.out.ascii(value ? "true" : "false");
    return this;
  }

  /** `null`. */
  null(): JsonWriter {
    this.next();
    this.out.ascii("null");
    return this;
  }

  /** The document as bytes. */
  bytes(): Uint8Array {
    assert(this.depth == 0 && !this.isFirst, "the JSON that is written is not whole");
    return this.out.bytes();
  }

  /** The document as text. */
  toString(): string {
    return textOf(this.bytes());
  }

  private begin(bracket: u8, closing: u8): JsonWriter {
    this.next();
    assert(this.depth < DEPTH_MAX, "the JSON that is written nests too deep");
    this.out.byte(bracket);
    this.open[this.depth] = closing;
    this.depth += 1;
    this.isFirst = true;
    return this;
  }

  /** What comes before a value. */
  private next(): void {
    if (this.depth > 0) {
      assert(this.hasKey || this.open[this.depth - 1] == 0x5d, "a value in an object needs a name before it");
      if (!this.hasKey && !this.isFirst) this.out.byte(0x2c);
    } else {
      assert(this.isFirst, "a JSON document is one value");
    }
    this.hasKey = false;
    this.isFirst = false;
  }
}
