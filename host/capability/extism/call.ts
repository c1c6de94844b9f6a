import { DoterosError } from "../../contract/error.ts";
import type { Blocks } from "./blocks.ts";

const decoder = new TextDecoder();
const NOTHING = new DataView(new ArrayBuffer(0));

/** One call of a plugin's function: what it was given, what it answers, and the blocks between it and its host. All of it ends with the call. */
export class PluginCall {
  readonly blocks: Blocks;
  /** What the function was called with, a block of its own; of no address before it is asked for. */
  #input = NOTHING;
  #inputAddress = 0n;
  /** What it answers, as it is in its block; undefined before it says so. */
  output: Uint8Array | undefined;
  /** The block that has its error; 0 when there is none. */
  #errorAddress = 0n;
  #error: Uint8Array | undefined;
  /** The status of the response that came last, and its headers; undefined before there is one. */
  response: { readonly status: number; readonly headers: string } | undefined;

  constructor(blocks: Blocks) {
    this.blocks = blocks;
  }

  /** Begins a call. The input is copied. @throws DoterosError `memory-exhausted` */
  begin(input: Uint8Array): void {
    this.end();
    if (input.length === 0) return;
    this.#inputAddress = this.blocks.store(input);
    const { buffer, byteOffset, byteLength } = this.blocks.bytesAt(this.#inputAddress);
    this.#input = new DataView(buffer, byteOffset, byteLength);
  }

  /** Frees what is left of it. */
  end(): void {
    this.blocks.clear();
    this.#input = NOTHING;
    this.#inputAddress = 0n;
    this.output = undefined;
    this.response = undefined;
    this.setError(0n);
  }

  get inputAddress(): bigint {
    return this.#inputAddress;
  }

  get inputLength(): bigint {
    return BigInt(this.#input.byteLength);
  }

  /** The input, which has so many bytes from an offset on. @throws DoterosError `trap` when it has not */
  input(offset: bigint, size: number): DataView {
    const { byteLength } = this.#input;
    if (offset < 0n || Number(offset) + size > byteLength) throw new DoterosError("trap", `${size} bytes at ${offset} are beyond the input, which has ${byteLength}`);
    return this.#input;
  }

  get errorAddress(): bigint {
    return this.#errorAddress;
  }

  /** @param address 0 for no error after all @throws DoterosError `trap` when there is no block */
  setError(address: bigint): void {
    this.#error = address === 0n ? undefined : this.blocks.bytesAt(address);
    this.#errorAddress = address;
  }

  /** What went wrong, as the plugin says; undefined when it says nothing. */
  get error(): string | undefined {
    return this.#error && decoder.decode(this.#error);
  }
}
