// The module's memory as hand-written glue sees it: views that are renewed when the memory grew, and Node's own shortest
// ways between its bytes and JavaScript's values.

/** A list of headers: for each, where its name and its value are and how long, as four numbers. */
const HEADER_BYTES = 16;
/** Copying up to this many bytes one by one is cheaper than the call that copies them together. */
const FEW_BYTES = 32;

/** Reads and writes the values of one instance. */
export class Memory {
  /** UTF-16 code units of the text that was written last. */
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
    this.units = new Uint16Array(this.memory.buffer);
    this.text = Buffer.from(this.memory.buffer);
  }

  /** The module speaks UTF-16, as all that AssemblyScript makes. */
  readText(at, units) {
    return this.text.ucs2Slice(at, at + 2 * units);
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
    const { length } = text;
    this.length = length;
    if (length === 0) return 0;
    const at = this.allocate(2 * length, 2);
    const { units } = this;
    const first = at >>> 1;
    for (let index = 0; index < length; index += 1) units[first + index] = text.charCodeAt(index);
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
