// Expressions as instructions.

import { arityOf } from "../check/calls.ts";
import { callOf, dottedName, type Every, equationOf, type Expr, isWildcard, type Term } from "../syntax/ast.ts";
import { eachEntry } from "../value/object.ts";
import type { Value } from "../value/value.ts";
import { planComparison } from "./call.ts";
import { planExists } from "./composite.ts";
import { type Evaluate, link, Place, type Planner, type Step, STOP, type Test } from "./instruction.ts";
import { planPrint } from "./print.ts";
import { planWith } from "./with.ts";

/** A body as one function: its expressions in the order they stand, then what `end` plans. */
export function planBody(planner: Planner, body: readonly Expr[], place: Place, end: (place: Place) => Step): Step {
  for (const expr of body) {
    const plan = (): void => planExpression(planner, expr, place);
    if (planner.probe === undefined) plan();
    else planner.probe.expression(expr, place, plan);
  }
  // What the end needs may have to be looked for, too: that comes before it.
  const last = end(place);
  return link(place.out, last);
}

function planExpression(planner: Planner, expr: Expr, place: Place): void {
  if (expr.negated) {
    const exists = planExists(planner, [{ ...expr, negated: false }], place);
    place.test((rt, frame) => !exists(rt, frame));
  } else if (expr.withs.length > 0) planWith(planner, expr.withs, place, (inner) => planForm(planner, expr, inner));
  else planForm(planner, expr, place);
}

function planForm(planner: Planner, expr: Expr, place: Place): void {
  const { form } = expr;
  switch (form.kind) {
    case "term":
      planTerm(planner, expr, form.term, place);
      break;
    case "every":
      place.test(planEvery(planner, form, place));
      break;
    case "not": {
      const exists = planExists(planner, form.body, place);
      place.test((rt, frame) => !exists(rt, frame));
      break;
    }
    case "and":
    case "or": {
      const left = planExists(planner, form.left, place);
      const right = planExists(planner, form.right, place);
      place.test(form.kind === "and" ? (rt, frame) => left(rt, frame) && right(rt, frame) : (rt, frame) => left(rt, frame) || right(rt, frame));
      break;
    }
    case "some":
      break;
  }
}

function planTerm(planner: Planner, expr: Expr, term: Term, place: Place): void {
  const equation = equationOf(expr);
  if (equation !== undefined) {
    planner.unify(equation.left, equation.right, place);
    return;
  }
  const call = callOf(expr);
  const name = call === undefined ? undefined : dottedName(call.operator.parts);
  if (call !== undefined && name === "equal" && call.args.length === 2) {
    place.test(planEqual(planner, call.args[0] as Term, call.args[1] as Term, place));
    return;
  }
  if (call !== undefined && planner.builtins[name ?? ""]?.isVoid === true) {
    if (planner.print !== undefined && name === "print") place.test(planPrint(planner, planner.print, call, place));
    return;
  }
  const arity = call === undefined ? undefined : arityOf(call.operator.parts, planner.tree, (builtin) => planner.builtins[builtin]);
  const output = call !== undefined && arity !== undefined ? call.args[arity] : undefined;
  if (call !== undefined && output !== undefined) {
    planner.unify(output, { ...call, args: call.args.slice(0, arity) }, place);
    return;
  }
  place.test(isTrue(planner.term(term, place)));
}

/** `==` with a constant is told by the engine's own comparison. */
function planEqual(planner: Planner, left: Term, right: Term, place: Place): Test {
  const [term, other] = right.kind === "scalar" ? [left, right] : [right, left];
  const value = planner.term(term, place);
  const otherValue = planner.term(other, place);
  const slow = isTrue(planComparison("equal", value, otherValue));
  if (other.kind !== "scalar") return slow;
  const wanted = other.value;
  return (rt, frame) => (rt.mocks === undefined ? value(rt, frame) === wanted : slow(rt, frame));
}

function isTrue(value: Evaluate): Test {
  return (rt, frame) => {
    const found = value(rt, frame);
    return found !== undefined && found !== false;
  };
}

function planEvery(planner: Planner, { key, value, domain, body }: Every, outer: Place): Test {
  const items = planner.term(domain, outer);
  const inner = new Place(outer);
  const slotOf = (name: string | undefined): number => {
    if (name === undefined || isWildcard(name)) return inner.fresh();
    inner.bound.add(name);
    return inner.slotOf(name);
  };
  const keySlot = slotOf(key?.name);
  const valueSlot = slotOf(value.name);
  const holds = planner.body(body, inner, () => STOP);
  return (rt, frame) => {
    const container = items(rt, frame);
    if (typeof container !== "object" || container === null) return false;
    const fails = (itemKey: Value, item: Value): boolean => {
      rt.shared.charge(1);
      frame[keySlot] = itemKey;
      frame[valueSlot] = item;
      return !holds(rt, frame);
    };
    return !eachEntry(container, fails);
  };
}
