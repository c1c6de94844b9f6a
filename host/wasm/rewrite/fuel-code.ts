import type { ByteWriter } from "../byte-writer.ts";
import * as code from "./function-code.ts";
import { BYTES, PAGES, REFERENCES, WIDE } from "./function-plan.ts";

/** One unit for so many bytes that are moved, as a power of two. */
const BYTES_PER_UNIT_BITS = 4;
/** The units for a page that is grown by, as a power of two: one for every sixteen bytes. */
const UNITS_PER_PAGE_BITS = 12;
/** The units for a reference that is put into a table, as a power of two. */
const UNITS_PER_REFERENCE_BITS = 5;
/** Lengths past this one are charged like it: they are more than any memory has, and what is charged must not overflow. */
const LENGTH_MOST = 2 ** 48;

/**
 * The code that spends fuel in one function. What is left is in the local from where it was fetched to where the function calls,
 * returns or traps: a subtraction in a register costs next to nothing, a global a few loads and stores.
 */
export class FuelCode {
  readonly #writer: ByteWriter;
  readonly #global: number;
  readonly #local: number;
  /** Whether exceptions may lose what the local has: then the global is always right between two charges. */
  readonly #direct: boolean;
  #inLocal = false;
  #inGlobal = true;

  constructor(writer: ByteWriter, global: number, local: number, direct: boolean) {
    this.#writer = writer;
    this.#global = global;
    this.#local = local;
    this.#direct = direct;
  }

  /** What holds here, as a number to come back to. */
  get state(): number {
    return (this.#inLocal ? 1 : 0) | (this.#inGlobal ? 2 : 0);
  }

  set state(state: number) {
    this.#inLocal = (state & 1) !== 0;
    this.#inGlobal = (state & 2) !== 0;
  }

  /** Spends `cost`, and traps when that was too much and it is asked for. */
  spend(cost: number, isChecked: boolean): void {
    this.#fetch();
    this.#writer.indexed(code.LOCAL_GET, this.#local);
    code.constant(this.#writer, code.I64_CONST, cost);
    this.#end(isChecked);
  }

  /** Spends what the length costs that is on the stack and in the local `length`. */
  spendLength(length: number, flags: number): void {
    this.#fetch();
    this.#writer.indexed(code.LOCAL_GET, this.#local);
    this.#lengthCost(length, flags);
    this.#end(true);
  }

  /** The same inside an `if`, after {@link settle}; what is left is looked at later. */
  spendSettled(length: number, flags: number): void {
    this.#writer.indexed(this.#direct ? code.GLOBAL_GET : code.LOCAL_GET, this.#direct ? this.#global : this.#local);
    this.#lengthCost(length, flags);
    this.#writer.byte(code.I64_SUB);
    this.#writer.indexed(this.#direct ? code.GLOBAL_SET : code.LOCAL_SET, this.#direct ? this.#global : this.#local);
    this.state = this.#direct ? 2 : 1;
  }

  /** Spends an amount that `amount` puts on the stack. The global must be right. */
  spendFromGlobal(amount: () => void): void {
    this.#writer.indexed(code.GLOBAL_GET, this.#global);
    amount();
    this.#writer.byte(code.I64_SUB);
    this.#writer.indexed(code.GLOBAL_SET, this.#global);
    this.#inLocal = false;
  }

  /** Before the control goes elsewhere: the global is right. */
  store(): void {
    if (this.#inGlobal) return;
    this.#writer.indexed(code.LOCAL_GET, this.#local);
    this.#writer.indexed(code.GLOBAL_SET, this.#global);
    this.#inGlobal = true;
  }

  /** What was called has spent some. */
  forget(): void {
    this.#inLocal = false;
  }

  /** Before a label: what all who arrive there have made right. */
  settle(): void {
    if (this.#direct) this.store();
    else this.#fetch();
  }

  /** Behind a label. */
  arrive(): void {
    this.state = this.#direct ? 2 : 1;
  }

  #fetch(): void {
    if (this.#inLocal) return;
    this.#writer.indexed(code.GLOBAL_GET, this.#global);
    this.#writer.indexed(code.LOCAL_SET, this.#local);
    this.#inLocal = true;
  }

  #end(isChecked: boolean): void {
    const writer = this.#writer;
    writer.byte(code.I64_SUB);
    writer.indexed(isChecked ? code.LOCAL_TEE : code.LOCAL_SET, this.#local);
    this.#inGlobal = false;
    if (isChecked) {
      code.constant(writer, code.I64_CONST, 0);
      writer.byte(code.I64_LT_S);
      writer.pair(code.IF, code.EMPTY);
      writer.indexed(code.LOCAL_GET, this.#local);
      writer.indexed(code.GLOBAL_SET, this.#global);
      writer.pair(code.UNREACHABLE, code.END);
    }
    if (this.#direct) {
      this.store();
      this.#inLocal = false;
    }
  }

  #lengthCost(length: number, flags: number): void {
    const writer = this.#writer;
    writer.indexed(code.LOCAL_GET, length);
    if (flags & WIDE) {
      code.constant(writer, code.I64_CONST, LENGTH_MOST);
      writer.indexed(code.LOCAL_GET, length);
      code.constant(writer, code.I64_CONST, LENGTH_MOST);
      writer.pair(code.I64_LT_U, code.SELECT);
    } else writer.byte(code.I64_EXTEND_U);
    if (flags & BYTES) shift(writer, code.I64_SHR_U, BYTES_PER_UNIT_BITS);
    if (flags & PAGES) shift(writer, code.I64_SHL, UNITS_PER_PAGE_BITS);
    if (flags & REFERENCES) shift(writer, code.I64_SHL, UNITS_PER_REFERENCE_BITS);
  }
}

function shift(writer: ByteWriter, opcode: number, bits: number): void {
  code.constant(writer, code.I64_CONST, bits);
  writer.byte(opcode);
}
