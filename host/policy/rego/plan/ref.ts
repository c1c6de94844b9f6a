// Refs: what is looked up step by step, and what is gone through where a step is a variable without a value.

import { unboundIn } from "../check/outputs.ts";
import { isWildcard, type Ref, rootedAt, type Term } from "../syntax/ast.ts";
import { eachEntry, lookup, lookupField } from "../value/object.ts";
import { isArray, type Value } from "../value/value.ts";
import { planDataRef } from "./document.ts";
import type { Evaluate, Match, Place, Planner } from "./instruction.ts";
import { planMatch } from "./match.ts";

/** A ref as a function. Where a step has variables without a value, an instruction that gives them one comes before. */
export function planRef(planner: Planner, ref: Ref, place: Place): Evaluate {
  const [head, ...steps] = ref.parts;
  if (rootedAt(ref, "data") !== undefined) return planDataRef(planner, ref, place, (base, rest) => follow(planner, base, rest, place));
  if (rootedAt(ref, "input") === undefined) return follow(planner, planner.term(head as Term, place), steps, place);
  const constant = leadingFields(steps);
  return follow(planner, inputField(constant), steps.slice(constant.length), place);
}

/** The names that a ref's steps begin with. */
function leadingFields(steps: readonly Term[]): string[] {
  const names: string[] = [];
  for (const step of steps) {
    if (step.kind !== "scalar" || typeof step.value !== "string") break;
    names.push(step.value);
  }
  return names;
}

/** A field of the input, the commonest of all refs. */
function inputField(names: readonly string[]): Evaluate {
  const text = JSON.stringify(names);
  const path: readonly Value[] = names;
  const [first, second] = names;
  if (first === undefined) {
    return (rt) => {
      if (rt.shared.reads !== undefined) rt.readInput(path, text);
      return rt.input;
    };
  }
  if (second === undefined) {
    return (rt) => {
      if (rt.shared.reads !== undefined) rt.readInput(path, text);
      return lookupField(rt.input, first);
    };
  }
  return (rt) => {
    if (rt.shared.reads !== undefined) rt.readInput(path, text);
    let value = lookupField(rt.input, first);
    for (let at = 1; at < names.length && value !== undefined; at += 1) value = lookupField(value, names[at] as string);
    return value;
  };
}

/** What steps lead to from a value. */
function follow(planner: Planner, from: Evaluate, steps: readonly Term[], place: Place): Evaluate {
  let base = from;
  for (const step of steps) base = planStep(planner, base, step, place);
  return base;
}

function planStep(planner: Planner, base: Evaluate, step: Term, place: Place): Evaluate {
  if (step.kind === "scalar") {
    const key = step.value;
    if (typeof key === "string") return (rt, frame) => lookupField(base(rt, frame), key);
    return (rt, frame) => {
      const container = base(rt, frame);
      return container === undefined ? undefined : lookup(container, key);
    };
  }
  if (unboundIn(step, place.bound).size > 0) return planEach(planner, base, step, place);
  const key = planner.term(step, place);
  return (rt, frame) => {
    const container = base(rt, frame);
    if (container === undefined) return undefined;
    const value = key(rt, frame);
    return value === undefined ? undefined : lookup(container, value);
  };
}

/** Goes through a container: the key is matched with the step, and the value is where the answer is read from. */
function planEach(planner: Planner, container: Evaluate, step: Term, place: Place): Evaluate {
  const value = place.fresh();
  // What the container is made of is evaluated before what is planned for the step.
  const match = step.kind === "var" ? assignTo(step.name, place) : planMatch(planner, step, place);
  place.each((next) => (rt, frame) => {
    const items = container(rt, frame);
    if (items === undefined) return false;
    const visit = (key: Value, item: Value): boolean => {
      rt.shared.charge(1);
      if (match !== undefined && !match.match(rt, frame, key)) return false;
      frame[value] = item;
      return next(rt, frame);
    };
    if (!isArray(items)) return eachEntry(items, visit);
    for (let at = 0; at < items.length; at += 1) if (visit(at, items[at] as Value)) return true;
    return false;
  });
  match?.settle();
  return (_rt, frame) => frame[value] as Value;
}

/** Nothing has to be kept of `_`. */
function assignTo(name: string, place: Place): { readonly match: Match; readonly settle: () => void } | undefined {
  place.bound.add(name);
  if (isWildcard(name)) return undefined;
  const slot = place.slotOf(name);
  const match: Match = (_rt, frame, value) => {
    frame[slot] = value;
    return true;
  };
  return { match, settle: () => {} };
}
