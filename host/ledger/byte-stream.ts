import type { RunningHash } from "./export-format.ts";

/** Takes chunks apart into pieces of the lengths that are asked for. What was taken is hashed, when there is something to hash it with. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #hash: RunningHash | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #hashed = 0;
  #before = 0;
  #ended = false;

  /** @param chunks nobody writes to them any more */
  constructor(chunks: AsyncIterable<Uint8Array>, hash?: RunningHash) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#hash = hash;
  }

  /** How many bytes were taken. */
  get offset(): number {
    return this.#before + this.#at;
  }

  /** The next `length` bytes, when they are here already; else wait for `take`. */
  at(length: number): Uint8Array | undefined {
    if (this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** The next `length` bytes, or undefined when the stream ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const here = this.at(length);
    if (here !== undefined) return here;
    this.#update();
    const parts = [this.#bytes.subarray(this.#at)];
    let total = this.#bytes.length - this.#at;
    // No more is set aside than came: a length that is wrong costs nothing.
    while (total < length && !this.#ended) {
      const next = await this.#chunks.next();
      this.#ended = next.done === true;
      if (next.done === true) break;
      parts.push(next.value);
      total += next.value.length;
    }
    this.#before += this.#at;
    this.#bytes = joined(parts, total);
    [this.#at, this.#hashed] = [0, 0];
    return this.at(length);
  }

  /** The hash of everything that was taken until now; nothing is hashed after that. */
  digest(): Uint8Array | undefined {
    this.#update();
    const digest = this.#hash?.digest();
    this.#hash = undefined;
    return digest;
  }

  /** Lets go of where the chunks come from. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #update(): void {
    if (this.#at > this.#hashed) this.#hash?.update(this.#bytes.subarray(this.#hashed, this.#at));
    this.#hashed = this.#at;
  }
}

function joined(parts: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
