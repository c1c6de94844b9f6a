// Arrays, sets, objects, comprehensions and templates.

import { EvaluationError } from "../issue.ts";
import { type Comprehension, equationOf, type Expr, type ListTerm, makeVar, type ObjectTerm, named, type Template } from "../syntax/ast.ts";
import { isGround } from "../syntax/rule-shape.ts";
import { ObjectBuilder } from "../value/object.ts";
import { valueText } from "../value/text.ts";
import { RegoSet, sameValue, type Value } from "../value/value.ts";
import { chargeValue } from "./weight.ts";
import { type Evaluate, Place, type Planner, STOP } from "./instruction.ts";

/** A value that is the same each time is made once. */
function constant(value: Value | undefined): Evaluate {
  if (Array.isArray(value)) Object.freeze(value);
  return () => value;
}

/** An array or a set of terms. */
export function planList(planner: Planner, term: ListTerm, place: Place): Evaluate {
  const items = term.items.map((item) => planner.term(item, place));
  const collect: Evaluate = (rt, frame) => {
    const values: Value[] = [];
    for (const item of items) {
      const value = item(rt, frame);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return term.kind === "array" ? values : new RegoSet(values);
  };
  return isGround(term) ? constant(collect(undefined as never, [])) : collect;
}

/** An object of terms. */
export function planObject(planner: Planner, term: ObjectTerm, place: Place): Evaluate {
  const entries = term.entries.map(([key, value]) => [planner.term(key, place), planner.term(value, place)] as const);
  const collect: Evaluate = (rt, frame) => {
    const builder = new ObjectBuilder();
    for (const [keyOf, valueOf] of entries) {
      const key = keyOf(rt, frame);
      if (key === undefined) return undefined;
      const value = valueOf(rt, frame);
      if (value === undefined) return undefined;
      builder.set(key, value);
    }
    return builder.value();
  };
  return isGround(term) ? constant(collect(undefined as never, [])) : collect;
}

/** A comprehension: its body is gone through, and what its head says is collected in a slot. */
export function planComprehension(planner: Planner, term: Comprehension, outer: Place): Evaluate {
  const slot = outer.fresh();
  const inner = new Place(outer);
  if (term.makes === "object") return planObjectComprehension(planner, term, slot, inner);
  const step = planner.body(term.body, inner, (place) => {
    const head = planner.term(term.value, place);
    return (rt, frame) => {
      const value = head(rt, frame);
      rt.shared.charge(1);
      if (value === undefined) return false;
      const collected = frame[slot] as Value[] | RegoSet;
      if (collected instanceof RegoSet) {
        chargeValue(rt, value);
        collected.add(value);
      } else collected.push(value);
      return false;
    };
  });
  const isArray = term.makes === "array";
  return (rt, frame) => {
    const before = frame[slot];
    const collected = isArray ? [] : new RegoSet();
    frame[slot] = collected;
    step(rt, frame);
    frame[slot] = before;
    return collected;
  };
}

function planObjectComprehension(planner: Planner, term: Comprehension, slot: number, inner: Place): Evaluate {
  const step = planner.body(term.body, inner, (place) => {
    const keyOf = planner.term(term.key as NonNullable<typeof term.key>, place);
    const valueOf = planner.term(term.value, place);
    return (rt, frame) => {
      const key = keyOf(rt, frame);
      const value = valueOf(rt, frame);
      rt.shared.charge(1);
      if (key === undefined || value === undefined) return false;
      const builder = frame[slot] as ObjectBuilder;
      const before = builder.get(key);
      if (before !== undefined && !sameValue(before, value)) throw new EvaluationError("eval_conflict_error", term.at, "object keys must be unique");
      builder.set(key, value);
      return false;
    };
  });
  return (rt, frame) => {
    const builder = new ObjectBuilder();
    frame[slot] = builder;
    step(rt, frame);
    return builder.value();
  };
}

/** A template: what is undefined says so in the text. */
export function planTemplate(planner: Planner, term: Template, place: Place): Evaluate {
  const parts = term.parts.map((part) => (typeof part === "string" ? part : planPart(planner, part, place)));
  return (rt, frame) => {
    let text = "";
    for (const part of parts) {
      const value = typeof part === "string" ? part : part(rt, frame);
      text += value === undefined ? "<undefined>" : typeof value === "string" ? value : valueText(value);
    }
    rt.shared.charge(1 + Math.floor(text.length / 64));
    return text;
  };
}

/** The value of an expression in a template. It may have only one. */
function planPart(planner: Planner, expr: Expr, outer: Place): Evaluate {
  const { form } = expr;
  const slot = outer.fresh();
  const inner = new Place(outer);
  const name = `part\0${slot}t`;
  const body = form.kind === "term" && equationOf(expr) === undefined ? [named(expr, name)] : [expr];
  const step = planner.body(body, inner, (place) => {
    const value = form.kind === "term" ? planner.term(makeVar(name, expr.at), place) : () => true;
    return (rt, frame) => {
      const found = value(rt, frame);
      const before = frame[slot] as Value | undefined;
      if (before !== undefined && found !== undefined && !sameValue(before, found)) {
        throw new EvaluationError("eval_conflict_error", expr.at, "template-strings must not produce multiple outputs");
      }
      frame[slot] = found;
      return false;
    };
  });
  return (rt, frame) => {
    frame[slot] = undefined;
    step(rt, frame);
    return frame[slot] as Value | undefined;
  };
}


/** Whether a body has an answer. */
export function planExists(planner: Planner, body: readonly Expr[], outer: Place): (rt: Parameters<Evaluate>[0], frame: unknown[]) => boolean {
  return planner.body(body, new Place(outer), () => STOP);
}
