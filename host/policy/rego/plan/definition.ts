// One rule as a function: its body, then its head.

import type { CheckedRule } from "../check/rule-tree.ts";
import { EvaluationError } from "../issue.ts";
import type { Location } from "../source.ts";
import { isWildcard, type Term } from "../syntax/ast.ts";
import { isGround } from "../syntax/rule-shape.ts";
import { isMultiValue } from "../syntax/rule-parser.ts";
import { RegoSet, sameValue, type Value } from "../value/value.ts";
import type { Extent } from "./extent.ts";
import { type Evaluate, type Frame, Place, type Planner, type Step } from "./instruction.ts";
import { planMatch } from "./match.ts";
import type { Runtime } from "./runtime.ts";
import { chargeValue } from "./weight.ts";

/** A rule that is ready to be evaluated. */
export interface Definition {
  /** Slots that an evaluation needs; the parameters are in the first ones. */
  readonly size: number;
  /** Goes through the body; what the head says is then in the slot `result`. */
  readonly run: Step;
  readonly result: number;
  /** What is tried when the body has no answer. */
  readonly otherwise: Definition | undefined;
  /** Whether the value is the same whenever there is one. */
  readonly isConstant: boolean;
  readonly at: Location;
  readonly rule: CheckedRule;
}

/** Plans a rule with one value: a complete rule or a function. */
export function planDefinition(planner: Planner, rule: CheckedRule): Definition {
  const { head } = rule;
  const place = new Place();
  planParameters(planner, head.args ?? [], place);
  const result = place.fresh();
  const value = head.value as Term;
  const isConstant = isGround(value);
  const isFunction = head.args !== undefined;
  const run = planner.body(rule.body, place, (end) => {
    const valueOf = planHead(planner, rule, value, end);
    return (rt, frame) => {
      const found = valueOf(rt, frame);
      if (found === undefined) return false;
      const before = frame[result] as Value | undefined;
      if (before !== undefined && !sameValue(before, found)) throw outputConflict(rule.at, isFunction);
      frame[result] = found;
      return isConstant;
    };
  });
  const { otherwise } = rule;
  const next = otherwise === undefined ? undefined : planDefinition(planner, { ...rule, ...otherwise });
  return { size: place.size, run: watched(planner, rule, run), result, otherwise: next, isConstant, at: rule.at, rule };
}

/** What a rule's head says. */
function planHead(planner: Planner, rule: CheckedRule, value: Term, place: Place): Evaluate {
  const valueOf = planner.term(value, place);
  return planner.probe === undefined ? valueOf : planner.probe.head(rule, valueOf);
}

function watched(planner: Planner, rule: CheckedRule, run: Step): Step {
  return planner.probe === undefined ? run : planner.probe.rule(rule, run);
}

/** The error of a rule that has two values at once. */
export function outputConflict(at: Location, isFunction: boolean): EvaluationError {
  const message = isFunction ? "functions must not produce multiple outputs for same inputs" : "complete rules must not produce multiple outputs";
  return new EvaluationError("eval_conflict_error", at, message);
}

/** Parameters are in the first slots; those that are patterns are taken apart. */
function planParameters(planner: Planner, args: readonly Term[], place: Place): void {
  const slots = args.map(() => place.fresh());
  for (const [index, arg] of args.entries()) {
    const slot = slots[index] as number;
    if (arg.kind === "var" && isWildcard(arg.name)) continue;
    if (arg.kind === "var" && !place.bound.has(arg.name)) {
      place.assign(arg.name, slot);
      continue;
    }
    const { match, settle } = planMatch(planner, arg, place);
    place.test((rt, frame) => match(rt, frame, frame[slot] as Value));
    settle();
  }
}

/** Evaluates a definition, and its `else` when the body has no answer. */
export function evaluate(rt: Runtime, first: Definition, args: readonly Value[]): Value | undefined {
  for (let definition: Definition | undefined = first; definition !== undefined; definition = definition.otherwise) {
    const frame: Frame = new Array<unknown>(definition.size).fill(undefined);
    for (let at = 0; at < args.length; at += 1) frame[at] = args[at];
    definition.run(rt, frame);
    const value = frame[definition.result] as Value | undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Plans a rule that adds to a set or to an object: evaluating it, what it adds to is in the slot `result`. */
export function planPartial(planner: Planner, rule: CheckedRule): Definition {
  const { head, dynamic } = rule;
  const place = new Place();
  const result = place.fresh();
  const contains = isMultiValue(head);
  const run = planner.body(rule.body, place, (end) => {
    const steps = dynamic.map((step) => planner.term(step, end));
    const valueOf = planHead(planner, rule, (contains ? head.key : head.value) as Term, end);
    return (rt, frame) => {
      const value = valueOf(rt, frame);
      if (value === undefined) return false;
      rt.shared.charge(1);
      chargeValue(rt, value);
      const collected = frame[result] as RegoSet | Extent;
      if (collected instanceof RegoSet) {
        collected.add(value);
        return false;
      }
      const path = pathOf(steps, rt, frame);
      if (path !== undefined) collected.insert(path, value, contains, rule.at);
      return false;
    };
  });
  return { size: place.size, run: watched(planner, rule, run), result, otherwise: undefined, isConstant: false, at: rule.at, rule };
}

function pathOf(steps: readonly Evaluate[], rt: Runtime, frame: Frame): Value[] | undefined {
  const path: Value[] = [];
  for (const step of steps) {
    const key = step(rt, frame);
    if (key === undefined) return undefined;
    path.push(key);
  }
  return path;
}

/** Evaluates rules that add to a set or an object. */
export function evaluatePartial<T extends RegoSet | Extent>(rt: Runtime, definitions: readonly Definition[], collected: T): T {
  for (const { size, run, result } of definitions) {
    const frame: Frame = new Array<unknown>(size).fill(undefined);
    frame[result] = collected;
    run(rt, frame);
  }
  return collected;
}
