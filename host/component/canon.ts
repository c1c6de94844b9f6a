import { LIFTED_BYTES_MAX, VALUE_BYTES_MAX } from "../contract/limits.ts";
import type { ComponentState } from "./instance.ts";
import type { StringEncoding } from "./plan.ts";
import { trap } from "./trap.ts";

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

/** The core function that guests allocate with: old pointer, old size, alignment, new size, all in bytes. */
export type Realloc = (old: number, oldSize: number, align: number, size: number) => number;

/**
 * What lifting and lowering go through: one instance's memory, allocator and string encoding. Its views are valid until
 * guest code runs; after that, {@link Canon.renew}.
 */
export class Canon {
  readonly instance: ComponentState;
  readonly encoding: StringEncoding;
  readonly #memory: WebAssembly.Memory | undefined;
  readonly #realloc: Realloc | undefined;
  bytes: Uint8Array = NO_BYTES;
  view: DataView = NO_VIEW;
  /** Where the string or list stored last is, and its length in code units (with the tag bit) or elements. */
  pointer = 0;
  length = 0;
  /** What was lifted since the views were renewed, in bytes that it takes here. */
  #lifted = 0;

  constructor(
    instance: ComponentState,
    memory: WebAssembly.Memory | undefined,
    realloc: Realloc | undefined,
    encoding: StringEncoding,
  ) {
    this.instance = instance;
    this.#memory = memory;
    this.#realloc = realloc;
    this.encoding = encoding;
    this.#refresh();
  }

  /** Whether this is what values go through with these options. */
  serves(memory: WebAssembly.Memory | undefined, realloc: Realloc | undefined, encoding: StringEncoding): boolean {
    return this.#memory === memory && this.#realloc === realloc && this.encoding === encoding;
  }

  /** Makes the views see the memory that is there now. A memory that grew left the old views without bytes. */
  renew(): void {
    this.#lifted = 0;
    if (this.bytes.length === 0) this.#refresh();
  }

  #refresh(): void {
    if (this.#memory === undefined) return;
    const { buffer } = this.#memory;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Asks the guest for `size` bytes. */
  allocate(align: number, size: number): number {
    return this.reallocate(0, 0, align, size);
  }

  /** Asks the guest to move `oldSize` bytes at `old` into `size` bytes. */
  reallocate(old: number, oldSize: number, align: number, size: number): number {
    if (size > 2 * VALUE_BYTES_MAX) trap("a value is larger than the canonical ABI allows");
    const { instance } = this;
    instance.mayLeave = false;
    const pointer = (this.#realloc as Realloc)(old, oldSize, align, size) >>> 0;
    instance.mayLeave = true;
    if (this.bytes.length === 0) this.#refresh();
    if (pointer % align !== 0) trap("realloc return: result not aligned: unaligned pointer");
    if (pointer + size > this.bytes.length) trap("realloc return: beyond end of memory");
    return pointer;
  }

  /** Counts bytes that are about to be lifted: what a guest points to costs it nothing, however often it does. */
  spend(bytes: number): void {
    this.#lifted += bytes;
    if (this.#lifted > LIFTED_BYTES_MAX) trap(`more than ${LIFTED_BYTES_MAX} bytes in one call`);
  }

  /** The same of an array, whose elements are objects that take more here than the `size` bytes of each take there. */
  spendArray(length: number, size: number): void {
    this.spend(length * (64 + 8 * size));
  }

  /** Checks a pointer to `size` bytes that the guest gave. */
  check(pointer: number, size: number, align: number): void {
    if (pointer % align !== 0) trap("unaligned pointer");
    if (pointer + size > this.bytes.length) trap("pointer out of bounds of memory");
  }
}
