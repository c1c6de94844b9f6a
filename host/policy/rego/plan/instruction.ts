// How a body becomes functions: each expression is one or more instructions, and each instruction is linked to what follows
// when the policy is compiled. What is bound where is known then, so that nothing is ever unbound at run time.

import type { Expr, Term } from "../syntax/ast.ts";
import type { CheckedRule, RuleNode, RuleTree } from "../check/rule-tree.ts";
import type { BuiltinTable } from "../builtin/table.ts";
import type { Value } from "../value/value.ts";
import type { Extent } from "./extent.ts";
import type { Runtime } from "./runtime.ts";

/** The variables of one rule while it is evaluated, and what it collects, by slot. */
export type Frame = unknown[];
/** The value of a term, or undefined. */
export type Evaluate = (rt: Runtime, frame: Frame) => Value | undefined;
/** Whether a condition holds. */
export type Test = (rt: Runtime, frame: Frame) => boolean;
/** Goes on with what follows; true ends the search for more answers. */
export type Step = (rt: Runtime, frame: Frame) => boolean;
/** Whether a value matches a pattern, whose variables then have values. */
export type Match = (rt: Runtime, frame: Frame, value: Value) => boolean;

/** A condition, or something that goes on with what follows once for each of its answers. */
export type Instruction = { readonly kind: "test"; readonly test: Test } | { readonly kind: "each"; readonly link: (next: Step) => Step };

/** Ends a search with the first answer. */
export const STOP: Step = () => true;

/** One function out of instructions and what follows them. */
export function link(instructions: readonly Instruction[], end: Step): Step {
  let next = end;
  let tests: Test[] = [];
  for (const instruction of instructions.toReversed()) {
    if (instruction.kind === "test") {
      tests.unshift(instruction.test);
      continue;
    }
    next = instruction.link(guard(tests, next));
    tests = [];
  }
  return guard(tests, next);
}

function guard(tests: readonly Test[], next: Step): Step {
  const [first, second, third, ...more] = tests;
  if (first === undefined) return next;
  if (second === undefined) return (rt, frame) => first(rt, frame) && next(rt, frame);
  if (third === undefined) return (rt, frame) => first(rt, frame) && second(rt, frame) && next(rt, frame);
  if (more.length === 0) return (rt, frame) => first(rt, frame) && second(rt, frame) && third(rt, frame) && next(rt, frame);
  return (rt, frame) => {
    for (const test of tests) if (!test(rt, frame)) return false;
    return next(rt, frame);
  };
}

/** The slots of one rule. */
class Slots {
  readonly names = new Map<string, number>();
  size = 0;

  fresh(): number {
    this.size += 1;
    return this.size - 1;
  }
}

/** What is known at one place of a body: where variables are, which have a value, and the instructions so far. */
export class Place {
  readonly #slots: Slots;
  readonly bound: Set<string>;
  readonly out: Instruction[] = [];

  constructor(outer?: Place) {
    this.#slots = outer === undefined ? new Slots() : outer.#slots;
    this.bound = new Set(outer?.bound);
  }

  /** How many slots the rule needs. Read it when all of the rule is planned. */
  get size(): number {
    return this.#slots.size;
  }

  fresh(): number {
    return this.#slots.fresh();
  }

  slotOf(name: string): number {
    const known = this.#slots.names.get(name);
    if (known !== undefined) return known;
    const slot = this.#slots.fresh();
    this.#slots.names.set(name, slot);
    return slot;
  }

  /** Says where a variable is. */
  assign(name: string, slot: number): void {
    this.#slots.names.set(name, slot);
    this.bound.add(name);
  }

  test(test: Test): void {
    this.out.push({ kind: "test", test });
  }

  each(through: (next: Step) => Step): void {
    this.out.push({ kind: "each", link: through });
  }
}

/**
 * Is told what evaluations do. What tells it is planned in, so that a policy without a probe has nothing of it in its closures.
 */
export interface Probe {
  /** Learns the rules, when the policy is compiled. @internal */
  begin(tree: RuleTree): void;
  /** The body of a rule, told of when it begins. @internal */
  rule(rule: CheckedRule, run: Step): Step;
  /** The value of a rule's head, told of when there is one. @internal */
  head(rule: CheckedRule, valueOf: Evaluate): Evaluate;
  /** An expression, which `plan` plans. @internal */
  expression(expr: Expr, place: Place, plan: () => void): void;
  /** What `trace` was called with. @internal */
  note(text: string): void;
}

/** What plans terms and bodies; the files of this folder call each other through it. */
export interface Planner {
  readonly tree: RuleTree;
  readonly builtins: BuiltinTable;
  readonly probe: Probe | undefined;
  /** Takes what `print` says; undefined where nobody listens: then it is not planned. */
  readonly print: ((line: string) => void) | undefined;
  term(term: Term, place: Place): Evaluate;
  unify(left: Term, right: Term, place: Place): void;
  body(body: readonly Expr[], place: Place, end: (place: Place) => Step): Step;
  /** The value of the rules at a node. */
  valueOf(rt: Runtime, node: RuleNode): Value | undefined;
  /** What the rules with variables in their heads at a node make. */
  extentOf(rt: Runtime, node: RuleNode): Extent;
  /** The answer of the function at a node. */
  callNode(rt: Runtime, node: RuleNode, args: readonly Value[]): Value | undefined;
}
