import { DoterosError } from "../../contract/error.ts";
import { FUNCTION_LOCALS_MAX } from "../../contract/limits.ts";
import type { ByteWriter } from "../byte-writer.ts";
import { canonicalise } from "./float-code.ts";
import { FuelCode } from "./fuel-code.ts";
import * as code from "./function-code.ts";
import type { CounterIndices } from "./function-code.ts";
import * as plan from "./function-plan.ts";
import type { FunctionPlan } from "./function-plan.ts";
import { boundGrowth, noteRefusal, takeGrowth, whenGrown } from "./growth-code.ts";
import { StackCode } from "./stack-code.ts";

const I32 = 0x7f;
const I64 = 0x7e;
const FLOAT_TYPES = [0, 0x7d, 0x7c, 0x7b, 0x7b];
/** Parameters, locals and operands that go into one frame of the stack's counter. */
const SLOTS_PER_FRAME = 8;
/** A function that calls nothing is the last on the stack. Up to so many frames it needs no counting. */
const LEAF_FRAMES = 8;

/** A function as it is in the module: where its bytes are, and what it has. */
export interface FunctionSource {
  readonly bytes: Uint8Array;
  /** Where its locals are declared, and in how many groups. */
  readonly localsStart: number;
  readonly localGroups: number;
  /** Where its instructions begin and end. */
  readonly start: number;
  readonly end: number;
  /** How many parameters and locals it has. */
  readonly variables: number;
  /** The type of a block that leaves what the function returns. */
  readonly writeResultType: (writer: ByteWriter) => void;
}

/** Writes one function with what was planned for it. */
export class FunctionWriter {
  readonly #writer: ByteWriter;
  readonly #source: FunctionSource;
  readonly #plan: FunctionPlan;
  readonly #counters: CounterIndices;
  readonly #fuel: FuelCode | undefined;
  readonly #stack: StackCode | undefined;
  /** Whether the body stands in a block of its own, so that who goes to its label comes by its end. */
  readonly #isWrapped: boolean;
  /** What holds at the `if`s that are open, both states for each. */
  readonly #ifs: number[] = [];
  readonly #addedTypes: number[] = [];
  readonly #floatLocals: number[] = [];
  /** Locals for how much something is asked to grow by, or how long it is; the engine's answer is in the next one. */
  readonly #asked: number;
  readonly #wideAsked: number;

  constructor(writer: ByteWriter, source: FunctionSource, made: FunctionPlan, counters: CounterIndices) {
    this.#writer = writer;
    this.#source = source;
    this.#plan = made;
    this.#counters = counters;
    const spends = counters.fuel !== undefined && made.costs.some((cost) => cost > 0);
    if (spends) this.#fuel = new FuelCode(writer, counters.fuel, this.#local(I64), made.hasHandlers);
    const frames = 1 + Math.floor(made.slots / SLOTS_PER_FRAME);
    const counts = counters.stack !== undefined && (made.hasCalls || frames > LEAF_FRAMES);
    if (counts) this.#stack = new StackCode(writer, counters.stack, this.#local(I32), frames);
    this.#isWrapped = counts && made.mixesLabels;
    for (let kind = 1; kind <= 4; kind++) {
      if (made.floats[kind] === true) this.#floatLocals[kind] = this.#local(FLOAT_TYPES[kind] as number);
    }
    this.#asked = made.usesNarrow ? this.#local(I32, I32) : 0;
    this.#wideAsked = made.usesWide ? this.#local(I64, I64) : 0;
  }

  /** Writes locals and instructions. @throws DoterosError `limit-exceeded` */
  write(): void {
    this.#declareLocals();
    this.#stack?.enter();
    if (this.#isWrapped) {
      this.#writer.byte(code.BLOCK);
      this.#source.writeResultType(this.#writer);
    }
    const { bytes, start, end } = this.#source;
    const { events, eventEnd } = this.#plan;
    let from = start;
    for (let at = 0; at < eventEnd; at += 3) {
      const place = events[at] as number;
      if (place > from) {
        this.#writer.copy(bytes, from, place);
        from = place;
      }
      const kind = events[at + 1] as number;
      this.#add(kind, events[at + 2] as number);
      if (kind === plan.RENUMBER) while ((bytes[from++] as number) >= 0x80);
    }
    this.#writer.copy(bytes, from, end);
  }

  /** Adds locals. @returns the index of the first */
  #local(...types: readonly number[]): number {
    const index = this.#source.variables + this.#addedTypes.length;
    this.#addedTypes.push(...types);
    return index;
  }

  #declareLocals(): void {
    const { bytes, localsStart, localGroups, start, variables } = this.#source;
    if (variables + this.#addedTypes.length > FUNCTION_LOCALS_MAX) {
      throw new DoterosError("limit-exceeded", `a function has ${variables} locals, more than ${FUNCTION_LOCALS_MAX} less what is added to it`);
    }
    this.#writer.u32(localGroups + this.#addedTypes.length);
    this.#writer.copy(bytes, localsStart, start);
    for (const type of this.#addedTypes) this.#writer.pair(1, type);
  }

  #add(kind: number, argument: number): void {
    switch (kind) {
      case plan.CHARGE:
        return this.#charge(argument);
      case plan.CALL:
        return this.#call();
      case plan.BRANCH:
        return this.#settle();
      case plan.BRANCH_OUT:
        return this.#isWrapped ? this.#settle() : this.#leave();
      case plan.EXIT:
        return this.#leave();
      case plan.TRAP:
        return this.#fuel?.store();
      case plan.RENUMBER:
        return this.#writer.u32(argument);
      case plan.NAN:
        return canonicalise(this.#writer, argument, this.#floatLocals[argument] as number);
      default:
        return this.#addAround(kind, argument);
    }
  }

  /** Where the control comes together, and around what has a length. */
  #addAround(kind: number, argument: number): void {
    switch (kind) {
      case plan.IF:
        return this.#enterIf(argument);
      case plan.ELSE:
        if (argument === plan.ARRIVES) this.#settle();
        return this.#recall();
      case plan.END_IF:
        return this.#endIf(argument);
      case plan.JOIN:
        return this.#join(argument);
      case plan.JOIN_OUT:
        return this.#joinOut(argument);
      case plan.CAUGHT:
        return argument === 0 ? undefined : this.#caught();
      case plan.LENGTH_BEFORE:
        return this.#lengthBefore(argument);
      case plan.GROW_BEFORE:
        return this.#growBefore(argument);
      default:
        return this.#growAfter(argument);
    }
  }

  #charge(site: number): void {
    const cost = this.#plan.costs[site] as number;
    const isChecked = this.#plan.isChecked(site) && (cost > 0 || site > 0);
    if (cost > 0 || isChecked) this.#fuel?.spend(cost, isChecked);
  }

  #call(): void {
    this.#fuel?.store();
    this.#stack?.take();
    this.#fuel?.forget();
  }

  #settle(): void {
    this.#fuel?.settle();
    this.#stack?.take();
  }

  #arrive(): void {
    this.#fuel?.arrive();
    this.#stack?.arrive();
  }

  #leave(): void {
    this.#fuel?.store();
    this.#stack?.giveBack();
  }

  #join(arrives: number): void {
    if (arrives === plan.ARRIVES) this.#settle();
    this.#arrive();
  }

  #joinOut(arrives: number): void {
    if (this.#isWrapped) {
      this.#join(arrives);
      this.#writer.byte(code.END);
    } else if (arrives === plan.ARRIVES) this.#leave();
  }

  #enterIf(isFree: number): void {
    if (isFree === 0) this.#settle();
    this.#ifs.push(this.#fuel?.state ?? 0, this.#stack?.state ?? 0);
  }

  /** Behind the start of an `if` that is open, what held before it holds again. */
  #recall(): void {
    if (this.#stack !== undefined) this.#stack.state = this.#ifs.at(-1) as number;
    if (this.#fuel !== undefined) this.#fuel.state = this.#ifs.at(-2) as number;
  }

  #endIf(arrives: number): void {
    if (arrives === plan.PASSES) this.#recall();
    else this.#join(arrives);
    this.#ifs.length -= 2;
  }

  #caught(): void {
    const stack = this.#stack;
    if (stack === undefined) return;
    this.#fuel?.spendFromGlobal(() => {
      stack.lost();
      code.constant(this.#writer, code.I64_CONST, UNITS_PER_LOST_FRAME);
      this.#writer.byte(code.I64_MUL);
    });
    stack.recover();
  }

  #lengthBefore(flags: number): void {
    if (this.#fuel === undefined) return;
    const length = flags & plan.WIDE ? this.#wideAsked : this.#asked;
    this.#writer.indexed(code.LOCAL_TEE, length);
    this.#fuel.spendLength(length, flags);
  }

  #growBefore(flags: number): void {
    const asked = flags & plan.WIDE ? this.#wideAsked : this.#asked;
    const counter = this.#counterOf(flags);
    if (counter !== undefined) boundGrowth(this.#writer, counter, asked, flags);
    else if (this.#fuel !== undefined) this.#writer.indexed(code.LOCAL_TEE, asked);
  }

  #growAfter(flags: number): void {
    const asked = flags & plan.WIDE ? this.#wideAsked : this.#asked;
    const counter = this.#counterOf(flags);
    if (counter === undefined && this.#fuel === undefined) return;
    this.#fuel?.settle();
    const { refused } = this.#counters;
    const grown = (): void => {
      if (counter !== undefined) takeGrowth(this.#writer, counter, asked, flags);
      this.#fuel?.spendSettled(asked, flags);
    };
    whenGrown(this.#writer, asked + 1, flags, grown, counter === undefined || refused === undefined ? undefined : () => noteRefusal(this.#writer, refused, flags));
  }

  #counterOf(flags: number): number | undefined {
    return flags & plan.PAGES ? this.#counters.memory : this.#counters.table;
  }
}

/** What each frame costs that an exception leaves. Measured: up to as long as so many instructions. */
const UNITS_PER_LOST_FRAME = 300;
