// The module's memory as hand-written glue sees it: views that are renewed when the memory grew, and Node's own shortest
// ways between its bytes and JavaScript's values.

/** A list of headers: for each, where its name and its value are and how long, as four numbers. */
const HEADER_BYTES = 16;
/** Copying up to this many bytes one by one is cheaper than the call that copies them together. */
const FEW_BYTES = 32;
const encoder = new TextEncoder();

/** Reads and writes the values of one instance. */
export class Memory {
  /** Bytes of the text that was written last. */
  length = 0;

  /** Takes the exports of the instance, before anything else is asked of it. */
  attach({ memory, cabi_realloc: realloc }) {
    this.memory = memory;
    this.realloc = realloc;
    this.renew();
  }

  /** A memory that grew leaves the old views with no bytes: call this when `bytes.length` is 0. */
  renew() {
    this.bytes = new Uint8Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
    this.text = Buffer.from(this.memory.buffer);
  }

  readText(at, size) {
    return this.text.utf8Slice(at, at + size);
  }

  readBytes(at, size) {
    const { bytes } = this;
    if (size > FEW_BYTES) return bytes.slice(at, at + size);
    const copy = new Uint8Array(size);
    for (let index = 0; index < size; index += 1) copy[index] = bytes[at + index];
    return copy;
  }

  readHeaders(at, count) {
    const headers = [];
    for (let pair = at; pair < at + count * HEADER_BYTES; pair += HEADER_BYTES) {
      headers.push([this.readTextAt(pair), this.readTextAt(pair + 8)]);
    }
    return headers;
  }

  readTextAt(at) {
    return this.readText(this.view.getUint32(at, true), this.view.getUint32(at + 4, true));
  }

  allocate(size, alignment) {
    const at = this.realloc(0, 0, alignment, size);
    if (this.bytes.length === 0) this.renew();
    return at;
  }

  /** Leaves its size in `length`. */
  writeText(text) {
    const size = text.length;
    this.length = size;
    if (size === 0) return 0;
    const at = this.allocate(size, 1);
    const { bytes } = this;
    let all = 0;
    for (let index = 0; index < size; index += 1) {
      const letter = text.charCodeAt(index);
      all |= letter;
      bytes[at + index] = letter;
    }
    return all < 0x80 ? at : this.writeWideText(text, at);
  }

  /** For text that is not ASCII, over the room its letters took. */
  writeWideText(text, old) {
    const encoded = encoder.encode(text);
    const at = this.realloc(old, text.length, 1, encoded.length);
    if (this.bytes.length === 0) this.renew();
    this.bytes.set(encoded, at);
    this.length = encoded.length;
    return at;
  }

  writeBytes(value) {
    const size = value.length;
    if (size === 0) return 0;
    const at = this.allocate(size, 1);
    const { bytes } = this;
    if (size > FEW_BYTES) bytes.set(value, at);
    else for (let index = 0; index < size; index += 1) bytes[at + index] = value[index];
    return at;
  }

  writeHeaders(headers) {
    if (headers.length === 0) return 0;
    const at = this.allocate(headers.length * HEADER_BYTES, 4);
    for (let index = 0; index < headers.length; index += 1) {
      this.writeTextAt(at + index * HEADER_BYTES, headers[index][0]);
      this.writeTextAt(at + index * HEADER_BYTES + 8, headers[index][1]);
    }
    return at;
  }

  writeTextAt(at, text) {
    const start = this.writeText(text);
    this.view.setUint32(at, start, true);
    this.view.setUint32(at + 4, this.length, true);
  }
}
