/** Bytes that grow at their end, for who writes a document. */
export class Buffer {
  private block: ArrayBuffer = new ArrayBuffer(64);
  private used: usize = 0;

  /** One byte. */
  byte(value: u8): void {
    store<u8>(this.reserve(1), value);
  }

  /** Room for `size` bytes at the end, which are the caller's to write. */
  reserve(size: usize): usize {
    const needed = this.used + size;
    if (needed > <usize>this.block.byteLength) {
      // In place where the runtime can: the block is the last one more often than not.
      this.block = changetype<ArrayBuffer>(__renew(changetype<usize>(this.block), max(needed, 2 * <usize>this.block.byteLength)));
    }
    const at = changetype<usize>(this.block) + this.used;
    this.used = needed;
    return at;
  }

  /** Copies `length` bytes at `from`. */
  copy(from: usize, length: usize): void {
    memory.copy(this.reserve(length), from, length);
  }

  /** A text of ASCII only. */
  ascii(text: string): void {
    const at = this.reserve(text.length);
    for (let index = 0; index < text.length; index++) store<u8>(at + index, <u8>text.charCodeAt(index));
  }

  /** A text as UTF-8; half a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    const at = this.reserve(<usize>text.length * 3);
    this.used -= <usize>text.length * 3 - writeUtf8(at, text, 0, text.length);
  }

  /** A text as a JSON string, with its quotes. */
  quoted(text: string): void {
    this.byte(0x22);
    let plain = 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x20 && unit != 0x22 && unit != 0x5c) continue;
      this.part(text, plain, index);
      this.byte(0x5c);
      if (unit >= 0x20) this.byte(<u8>unit);
      else this.ascii("u00" + unit.toString(16).padStart(2, "0"));
      plain = index + 1;
    }
    this.part(text, plain, text.length);
    this.byte(0x22);
  }

  /** All bytes so far. */
  bytes(): Uint8Array {
    return Uint8Array.wrap(this.block, 0, <i32>this.used);
  }

  private part(text: string, start: i32, end: i32): void {
    const most = <usize>(end - start) * 3;
    const at = this.reserve(most);
    this.used -= most - writeUtf8(at, text, start, end);
  }
}

/** Writes part of a text as UTF-8 to `to`. @returns how many bytes it took, at most three for each unit */
function writeUtf8(to: usize, text: string, start: i32, end: i32): usize {
  let at = to;
  for (let index = start; index < end; index++) {
    let code = <u32>text.charCodeAt(index);
    if (code < 0x80) {
      store<u8>(at++, code);
      continue;
    }
    if ((code & 0xf800) == 0xd800) {
      const next = index + 1 < end ? <u32>text.charCodeAt(index + 1) : 0;
      if (code < 0xdc00 && (next & 0xfc00) == 0xdc00) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        index++;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x800) {
      store<u8>(at, 0xc0 | (code >> 6));
      store<u8>(at + 1, 0x80 | (code & 0x3f));
      at += 2;
    } else if (code < 0x10000) {
      store<u8>(at, 0xe0 | (code >> 12));
      store<u8>(at + 1, 0x80 | ((code >> 6) & 0x3f));
      store<u8>(at + 2, 0x80 | (code & 0x3f));
      at += 3;
    } else {
      store<u8>(at, 0xf0 | (code >> 18));
      store<u8>(at + 1, 0x80 | ((code >> 12) & 0x3f));
      store<u8>(at + 2, 0x80 | ((code >> 6) & 0x3f));
      store<u8>(at + 3, 0x80 | (code & 0x3f));
      at += 4;
    }
  }
  return at - to;
}
