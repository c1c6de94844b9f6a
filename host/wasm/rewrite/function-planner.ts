import type { ControlFrame } from "./control-frame.ts";
import { ControlStack } from "./control-frame.ts";
import * as plan from "./function-plan.ts";
import { FunctionPlan } from "./function-plan.ts";
import type { InstructionReader } from "./instruction-reader.ts";
import { LEAVES_NOTHING, LEAVES_ONE } from "./instruction-reader.ts";
import * as set from "./instruction-set.ts";
import { lengthFlags } from "./length-flags.ts";
import type { ModuleFacts, TypeFacts } from "./module-facts.ts";

const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const TRY = 0x06;
const CATCH = 0x07;
const BR = 0x0c;
const BR_TABLE = 0x0e;
const CALL = 0x10;
const CALL_INDIRECT = 0x11;
const RETURN = 0x0f;
const RETURN_CALL = 0x12;
const CATCH_ALL = 0x19;
const TRY_TABLE = 0x1f;

/** So many locals cost one unit when a function is called: engines set them to zero. */
const LOCALS_PER_UNIT = 16;

/** What the planner is to find. */
export interface Wanted {
  readonly canonicalNaN: boolean;
  /** Globals from this one on get another index, this much higher. */
  readonly shiftedFrom: number;
  readonly shift: number;
}

/**
 * Reads functions, and plans where code is added to them. No recursion: hostile code nests deep. Time grows with the bytes.
 *
 * A site is a place where instructions are charged: all those that run whenever the site is passed, as long as nothing traps or
 * throws. So what follows a block is charged before the block when everything inside flows to the block's end.
 */
export class FunctionPlanner {
  readonly plan = new FunctionPlan();
  /** Whether an instruction was seen that drops a segment; one that makes an object of the engine's collector. */
  dropsSegments = false;
  allocates = false;
  /** Whether an instruction was seen that puts something into a table. */
  changesTables = false;
  readonly #facts: ModuleFacts;
  readonly #wanted: Wanted;
  readonly #reader: InstructionReader;
  readonly #stack = new ControlStack();
  #site = 0;
  #height = 0;
  #isDead = false;

  constructor(facts: ModuleFacts, wanted: Wanted) {
    this.#facts = facts;
    this.#wanted = wanted;
    this.#reader = facts.instructions;
  }

  /** Plans the function whose instructions begin where the reader stands; the reader ends behind them. */
  read(type: TypeFacts, locals: number): void {
    const { plan: made } = this;
    made.reset();
    made.locals = locals;
    this.#site = made.addSite(this.#reader.position);
    made.costs[this.#site] = Math.floor(locals / LOCALS_PER_UNIT);
    this.#height = 0;
    this.#isDead = false;
    const frame = this.#stack.push(0, this.#site, false);
    frame.base = frame.parameters = 0;
    frame.results = type.results;
    while (this.#stack.top >= 0) this.#step();
    // What calls nothing and has no loop ends by itself, and whoever calls it again and again looks for himself.
    if (made.hasCalls || made.hasTailCalls) made.check(0);
    made.slots += type.parameters + locals;
  }

  #step(): void {
    const reader = this.#reader;
    reader.next();
    const { opcode } = reader;
    const role = set.ROLES[opcode] as number;
    if (role === set.OPENS) this.#open(opcode);
    else if (role === set.CLOSES) this.#close(opcode);
    else if (role === set.GLOBAL) this.#global(opcode);
    else if (!this.#isDead) {
      this.plan.costs[this.#site] = (this.plan.costs[this.#site] as number) + (set.COSTS[opcode] as number);
      this.#move(set.EFFECTS[opcode] as number);
      if (role !== set.PLAIN) this.#live(role, opcode);
    }
  }

  /** Operands come and go. */
  #move(effect: number): void {
    this.#height += effect;
    if (this.#height > this.plan.slots) this.plan.slots = this.#height;
  }

  #live(role: number, opcode: number): void {
    switch (role) {
      case set.BRANCHES:
        return this.#branch(opcode);
      case set.CALLS:
        return this.#call(opcode);
      case set.LEAVES:
        return this.#leave(opcode);
      case set.LENGTH:
        return this.#length(opcode);
      case set.FLOAT:
        return this.#float(opcode);
      case set.GATHERS:
        return this.#gather(opcode);
      case set.DROPS:
        this.dropsSegments = true;
        return;
      default:
        this.changesTables = true;
    }
  }

  #global(opcode: number): void {
    const { first, indexStart } = this.#reader;
    const { shiftedFrom, shift } = this.#wanted;
    if (first >= shiftedFrom && shift > 0) this.plan.add(indexStart, plan.RENUMBER, first + shift);
    if (this.#isDead) return;
    this.plan.costs[this.#site] = (this.plan.costs[this.#site] as number) + 1;
    this.#move(set.EFFECTS[opcode] as number);
  }

  #open(opcode: number): void {
    const { plan: made } = this;
    const { start, position, first } = this.#reader;
    if (!this.#isDead) {
      made.costs[this.#site] = (made.costs[this.#site] as number) + (set.COSTS[opcode] as number);
      this.#height += set.EFFECTS[opcode] as number;
      if (opcode === TRY || opcode === TRY_TABLE) made.hasHandlers = true;
      if (opcode === TRY_TABLE) this.#handlers();
      if (opcode === LOOP) made.add(start, plan.BRANCH, 0);
    }
    const frame = this.#stack.push(opcode, this.#site, this.#isDead);
    const { parameters, results } = this.#blockType(first);
    frame.parameters = parameters;
    frame.results = results;
    frame.base = this.#height - parameters;
    if (this.#isDead) return;
    if (opcode === IF) frame.event = made.add(start, plan.IF, 0);
    if (opcode === LOOP) frame.event = made.add(position, plan.CAUGHT, 0);
    if (opcode === IF || opcode === LOOP) this.#site = frame.head = made.addSite(position);
  }

  #blockType(first: number): { readonly parameters: number; readonly results: number } {
    if (first === LEAVES_NOTHING) return NO_VALUES;
    return first === LEAVES_ONE ? ONE_VALUE : this.#facts.type(first);
  }

  #handlers(): void {
    const { labels, labelCount } = this.#reader;
    for (let index = 0; index < labelCount; index++) {
      const place = this.#stack.top - (labels[index] as number);
      const frame = this.#stack.at(place);
      frame.isTarget = frame.catches = true;
      if (place === 0) this.plan.mixesLabels = true;
    }
  }

  #close(opcode: number): void {
    const { start, position } = this.#reader;
    const frame = this.#stack.at(this.#stack.top);
    if (opcode === ELSE) this.#else(frame, start, position);
    else if (opcode === CATCH || opcode === CATCH_ALL) this.#catch(frame, opcode, start, position);
    else this.#end(frame, start, position);
  }

  #else(frame: ControlFrame, start: number, position: number): void {
    this.#height = frame.base + frame.parameters;
    if (frame.isDead) return;
    frame.hasElse = true;
    frame.goesOn = !this.#isDead;
    this.plan.add(start, plan.ELSE, this.#isDead ? 0 : plan.ARRIVES);
    this.#site = this.plan.addSite(position);
    this.#isDead = false;
  }

  #catch(frame: ControlFrame, opcode: number, start: number, position: number): void {
    const { plan: made } = this;
    const tag = opcode === CATCH ? this.#facts.type(this.#facts.tags[this.#reader.first] as number).parameters : 0;
    this.#height = frame.base + tag;
    if (frame.isDead) return;
    frame.goesOn ||= !this.#isDead;
    made.add(start, plan.JOIN, this.#isDead ? 0 : plan.ARRIVES);
    made.add(position, plan.CAUGHT, 1);
    this.#site = made.addSite(position);
    this.#isDead = false;
    this.#move(0);
  }

  #end(frame: ControlFrame, start: number, position: number): void {
    const { plan: made } = this;
    const { top } = this.#stack;
    this.#stack.pop();
    this.#height = frame.base + frame.results;
    if (frame.isDead) return;
    if (top === 0) return this.#endFunction(frame, start);
    const arrives = this.#isDead ? 0 : plan.ARRIVES;
    const passes = frame.opcode === IF && !frame.hasElse;
    if (frame.opcode === IF) this.#endIf(frame, start, arrives);
    else if (frame.opcode === TRY || (frame.isTarget && frame.opcode !== LOOP)) made.add(start, plan.JOIN, arrives);
    if (frame.opcode === LOOP) this.#endLoop(frame);
    else if (frame.catches) made.add(position, plan.CAUGHT, 1);
    this.#isDead = arrives === 0 && !passes && !frame.goesOn && (!frame.isTarget || frame.opcode === LOOP);
    if (this.#isDead) return;
    if (frame.reaches >= top) this.#site = frame.before;
    else if (arrives === 0 || passes || frame.goesOn || (frame.isTarget && frame.opcode !== LOOP)) this.#site = made.addSite(position);
  }

  #endIf(frame: ControlFrame, start: number, arrives: number): void {
    const onlyPasses = !frame.hasElse && arrives === 0 && !frame.isTarget;
    this.plan.add(start, plan.END_IF, onlyPasses ? plan.PASSES : arrives);
    if (onlyPasses || frame.hasElse) this.plan.amend(frame.event, 1);
  }

  #endLoop({ isTarget, catches, head, before, event }: ControlFrame): void {
    if (isTarget) this.plan.check(head);
    else this.plan.merge(head, before);
    if (catches) this.plan.amend(event, 1);
  }

  #endFunction({ isTarget, catches }: ControlFrame, start: number): void {
    const arrives = this.#isDead ? 0 : plan.ARRIVES;
    this.plan.add(start, plan.JOIN_OUT, arrives);
    if (catches) this.plan.add(start, plan.CAUGHT, 1);
    if (arrives !== 0 || isTarget) this.plan.add(start, plan.EXIT, 0);
  }

  #branch(opcode: number): void {
    const reader = this.#reader;
    if (opcode !== BR_TABLE) {
      this.#reach(reader.first);
      this.plan.add(reader.start, reader.first === this.#stack.top ? plan.BRANCH_OUT : plan.BRANCH, 0);
    } else this.#branchTable();
    if (opcode === BR || opcode === BR_TABLE) this.#isDead = true;
    else this.#site = this.plan.addSite(reader.position);
  }

  #branchTable(): void {
    const { labels, labelCount, start } = this.#reader;
    let inside = false;
    let outside = false;
    for (let index = 0; index < labelCount; index++) {
      const label = labels[index] as number;
      this.#reach(label);
      if (label === this.#stack.top) outside = true;
      else inside = true;
    }
    if (inside) this.plan.add(start, plan.BRANCH, 0);
    if (outside) this.plan.add(start, plan.BRANCH_OUT, 0);
    if (inside && outside) this.plan.mixesLabels = true;
  }

  #reach(label: number): void {
    const place = this.#stack.top - label;
    this.#stack.at(place).isTarget = true;
    this.#stack.reach(place);
  }

  #call(opcode: number): void {
    const { first, start } = this.#reader;
    this.plan.add(start, plan.CALL, 0);
    this.plan.hasCalls = true;
    const { parameters, results } = opcode === CALL ? this.#facts.typeOf(first) : this.#facts.type(first);
    if (opcode !== CALL && opcode !== CALL_INDIRECT) this.#height -= 1;
    this.#move(results - parameters);
  }

  /** What ends here, traps or throws; the function's end is only reached by a return. */
  #leave(opcode: number): void {
    const isReturn = opcode === RETURN || opcode >= RETURN_CALL;
    if (isReturn) this.#stack.reach(0);
    if (opcode >= RETURN_CALL) this.plan.hasTailCalls = true;
    // A trap ends the run, so that nobody can tell what else was charged.
    this.plan.add(this.#reader.start, isReturn ? plan.EXIT : plan.TRAP, 0);
    this.#isDead = true;
  }

  #length(opcode: number): void {
    const { start, position, first, second } = this.#reader;
    const { plan: made } = this;
    if (opcode >= set.GC_BASE && opcode <= set.GC_BASE + 10) this.allocates = true;
    const flags = lengthFlags(this.#facts, opcode, first, second);
    if (flags & plan.REFERENCES && opcode >= set.BULK_BASE) this.changesTables = true;
    if (flags & plan.WIDE) made.usesWide = true;
    else made.usesNarrow = true;
    const grows = opcode === 0x40 || opcode === set.BULK_BASE + 15;
    made.add(start, grows ? plan.GROW_BEFORE : plan.LENGTH_BEFORE, flags);
    if (grows) made.add(position, plan.GROW_AFTER, flags);
  }

  #float(opcode: number): void {
    if (!this.#wanted.canonicalNaN) return;
    const kind = set.FLOATS[opcode] as number;
    const { bytes, position } = this.#reader;
    if (takesAnyNaN(kind, bytes[position] as number)) return;
    this.plan.floats[kind] = true;
    this.plan.add(position, plan.NAN, kind);
  }

  #gather(opcode: number): void {
    const { first, second } = this.#reader;
    const { plan: made } = this;
    this.allocates = true;
    const { parameters } = this.#facts.type(first);
    const count = opcode === set.GC_BASE + 8 ? second : parameters;
    // An object with many fields takes as long as an array of as many elements.
    made.costs[this.#site] = (made.costs[this.#site] as number) + count;
    if (opcode !== set.GC_BASE + 1) this.#move(-count);
  }
}

const NO_VALUES = { parameters: 0, results: 0 };
const ONE_VALUE = { parameters: 0, results: 1 };

/** Whether the instruction that takes the value answers the same for every NaN: it compares, or its own NaN is made canonical. */
function takesAnyNaN(kind: number, next: number): boolean {
  if (kind === 1) return (next >= 0x5b && next <= 0x60) || (next >= 0x8d && next <= 0x97) || next === 0xbb;
  return kind === 2 && ((next >= 0x61 && next <= 0x66) || (next >= 0x9b && next <= 0xa5) || next === 0xb6);
}
