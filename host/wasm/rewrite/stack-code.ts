import type { ByteWriter } from "../byte-writer.ts";
import * as code from "./function-code.ts";

/**
 * The code that counts the frames of one function. The global says how many are left. A function that calls takes its own from it
 * before its first call, and gives them back before it is left; the local keeps what there was at the start, so that a handler
 * of exceptions knows it, too, whatever the frames between did not give back.
 */
export class StackCode {
  readonly #writer: ByteWriter;
  readonly #global: number;
  readonly #local: number;
  readonly #frames: number;
  /** Whether its own frames are taken. */
  #isTaken = false;

  /** @param frames what the function weighs */
  constructor(writer: ByteWriter, global: number, local: number, frames: number) {
    this.#writer = writer;
    this.#global = global;
    this.#local = local;
    this.#frames = frames;
  }

  get state(): number {
    return this.#isTaken ? 1 : 0;
  }

  set state(state: number) {
    this.#isTaken = state === 1;
  }

  /** At the start of the function: traps when there are too few. */
  enter(): void {
    const writer = this.#writer;
    writer.indexed(code.GLOBAL_GET, this.#global);
    writer.indexed(code.LOCAL_TEE, this.#local);
    code.constant(writer, code.I32_CONST, this.#frames);
    writer.byte(code.I32_LT_S);
    writer.pair(code.IF, code.EMPTY);
    code.constant(writer, code.I32_CONST, -1);
    writer.indexed(code.GLOBAL_SET, this.#global);
    writer.pair(code.UNREACHABLE, code.END);
  }

  /** Before a call and before a label. */
  take(): void {
    if (this.#isTaken) return;
    this.#left();
    this.#writer.indexed(code.GLOBAL_SET, this.#global);
    this.#isTaken = true;
  }

  /** Before the function is left. */
  giveBack(): void {
    if (!this.#isTaken) return;
    this.#writer.indexed(code.LOCAL_GET, this.#local);
    this.#writer.indexed(code.GLOBAL_SET, this.#global);
    this.#isTaken = false;
  }

  /** Behind a label. */
  arrive(): void {
    this.#isTaken = true;
  }

  /** Puts on the stack how many frames an exception has left without giving them back, as an i64. */
  lost(): void {
    this.#left();
    this.#writer.indexed(code.GLOBAL_GET, this.#global);
    this.#writer.pair(code.I32_SUB, code.I64_EXTEND_U);
  }

  /** Where an exception has arrived. */
  recover(): void {
    this.#isTaken = false;
    this.take();
  }

  #left(): void {
    this.#writer.indexed(code.LOCAL_GET, this.#local);
    code.constant(this.#writer, code.I32_CONST, this.#frames);
    this.#writer.byte(code.I32_SUB);
  }
}
