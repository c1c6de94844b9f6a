import { Buffer } from "../buffer";

/** Arrays and maps inside each other, at most. */
const DEPTH_MAX: i32 = 64;

/**
 * Writes a CBOR document, from left to right, in the deterministic encoding of RFC 8949 but for the order of map entries,
 * which is the one they are written in. What would be no CBOR ends the call: more or fewer items than were announced.
 *
 *     new CborWriter().map(2).text("city").text("Ulm").text("days").integer(3).bytes()
 */
export class CborWriter {
  private out: Buffer = new Buffer();
  /** Items that each open array and map still lacks; below them, the document itself. */
  private missing: StaticArray<u64> = new StaticArray<u64>(DEPTH_MAX + 1);
  private depth: i32 = 0;

  constructor() {
    this.missing[0] = 1;
  }

  /** An array: its elements are the next `length` items. */
  array(length: i32): CborWriter {
    return this.begin(0x80, length, length);
  }

  /** A map: its entries are the next `length` pairs of items, key before value. */
  map(length: i32): CborWriter {
    return this.begin(0xa0, length, 2 * <u64>length);
  }

  /** A text. */
  text(value: string): CborWriter {
    this.next();
    const bytes = String.UTF8.encode(value, false, String.UTF8.ErrorMode.REPLACE);
    this.head(0x60, bytes.byteLength);
    this.out.copy(changetype<usize>(bytes), bytes.byteLength);
    return this;
  }

  /** Bytes. */
  byteString(value: Uint8Array): CborWriter {
    this.next();
    this.head(0x40, value.length);
    this.out.copy(value.dataStart, value.length);
    return this;
  }

  /** A whole number. */
  integer(value: i64): CborWriter {
    this.next();
    if (value < 0) this.head(0x20, ~value);
    else this.head(0, value);
    return this;
  }

  /** A whole number that is not negative, up to 2^64 - 1. */
  unsigned(value: u64): CborWriter {
    this.next();
    this.head(0, value);
    return this;
  }

  /** A floating-point number, in the fewest of 2, 4 and 8 bytes that hold it exactly. */
  number(value: f64): CborWriter {
    this.next();
    const half = halfBits(value);
    if (half >= 0) {
      const at = this.out.reserve(3);
      store<u8>(at, 0xf9);
      store<u16>(at, bswap<u16>(<u16>half), 1);
    } else if (<f64><f32>value == value) {
      const at = this.out.reserve(5);
      store<u8>(at, 0xfa);
      store<u32>(at, bswap<u32>(reinterpret<u32>(<f32>value)), 1);
    } else {
      const at = this.out.reserve(9);
      store<u8>(at, 0xfb);
      store<u64>(at, bswap<u64>(reinterpret<u64>(value)), 1);
    }
    return this;
  }

  /** `true` or `false`. */
  bool(value: bool): CborWriter {
    this.next();
    this.out.byte(value ? 0xf5 : 0xf4);
    return this;
  }

  /** `null`. */
  null(): CborWriter {
    this.next();
    this.out.byte(0xf6);
    return this;
  }

  /** A tag, which belongs to the next item. */
  tag(number: u64): CborWriter {
    assert(this.missing[this.depth] > 0, "the CBOR document is whole already");
    this.head(0xc0, number);
    return this;
  }

  /** An item that is encoded already, such as `Cbor.raw()`. */
  raw(item: Uint8Array): CborWriter {
    this.next();
    this.out.copy(item.dataStart, item.length);
    return this;
  }

  /** The document. */
  bytes(): Uint8Array {
    while (this.depth > 0 && this.missing[this.depth] == 0) this.depth -= 1;
    assert(this.depth == 0 && this.missing[0] == 0, "the CBOR document lacks items that were announced");
    return this.out.bytes();
  }

  private begin(major: u8, length: i32, items: u64): CborWriter {
    assert(length >= 0, "a length is not negative");
    this.next();
    this.head(major, length);
    this.depth += 1;
    assert(this.depth <= DEPTH_MAX, "the CBOR that is written nests too deep");
    this.missing[this.depth] = items;
    return this;
  }

  /** Counts an item where it belongs. */
  private next(): void {
    while (this.depth > 0 && this.missing[this.depth] == 0) this.depth -= 1;
    assert(this.missing[this.depth] > 0, "the CBOR document is whole already");
    this.missing[this.depth] -= 1;
  }

  private head(major: u8, argument: u64): void {
    if (argument < 24) return this.out.byte(major | <u8>argument);
    const size = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : argument <= 0xffff_ffff ? 4 : 8;
    const at = this.out.reserve(1 + size);
    store<u8>(at, major | (24 + <u8>ctz(size)));
    if (size == 1) store<u8>(at, <u8>argument, 1);
    else if (size == 2) store<u16>(at, bswap<u16>(<u16>argument), 1);
    else if (size == 4) store<u32>(at, bswap<u32>(<u32>argument), 1);
    else store<u64>(at, bswap<u64>(argument), 1);
  }
}

/** The bits of `value` as a half-precision number, or -1 when it is none. */
function halfBits(value: f64): i32 {
  if (value != value) return 0x7e00;
  const bits = reinterpret<u64>(value);
  const sign = <i32>(bits >> 48) & 0x8000;
  const size = bits & 0x7fff_ffff_ffff_ffff;
  if (size == 0) return sign;
  if (size == 0x7ff0_0000_0000_0000) return sign | 0x7c00;
  const exponent = <i32>(size >> 52) - 1023;
  if (exponent < -24 || exponent > 15) return -1;
  const fraction = size & 0xf_ffff_ffff_ffff;
  // Below 2^-14 the leading one is written out, and fewer bits are left behind it.
  const kept = exponent < -14 ? exponent + 24 : 10;
  if ((fraction & ((<u64>1 << (52 - kept)) - 1)) != 0) return -1;
  const rest = <i32>(fraction >> (52 - kept));
  return sign | (exponent < -14 ? rest | (1 << kept) : ((exponent + 15) << 10) | rest);
}
