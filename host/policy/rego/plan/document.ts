// Data: the documents that were given and what rules make, as one tree. A ref whose constants lead to a rule, or past all
// rules, needs none of this; what is here are the refs that go through packages, and those below `with data…`.

import type { RuleNode } from "../check/rule-tree.ts";
import { unboundIn } from "../check/outputs.ts";
import type { Ref, Term } from "../syntax/ast.ts";
import { eachEntry, lookup, lookupField, ObjectBuilder } from "../value/object.ts";
import { compareValues, isObject, type Key, keyOf, RegoSet, sortedEntries, type Value } from "../value/value.ts";
import { combine, conflict, type Made, madeValue } from "./extent.ts";
import type { Evaluate, Place, Planner } from "./instruction.ts";
import { planMatch } from "./match.ts";
import type { Overlay, Runtime } from "./runtime.ts";

/** A place in data that is not a plain value: rules stand below it, or `with` changed something there. */
class Cursor {
  readonly node: RuleNode | undefined;
  readonly overlay: Overlay | undefined;
  /** What was given, and what rules with variables in their heads make, here. */
  readonly base: Value | undefined;
  readonly made: Made | undefined;

  constructor(node: RuleNode | undefined, overlay: Overlay | undefined, base: Value | undefined, made: Made | undefined) {
    this.node = node;
    this.overlay = overlay;
    this.base = base;
    this.made = made;
  }
}

type Found = Value | Cursor | undefined;

/** What data holds as a whole. */
class Documents {
  readonly #planner: Planner;

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  root(rt: Runtime): Found {
    if (rt.overlay?.value !== undefined) return rt.overlay.value;
    return new Cursor(this.#planner.tree.root, rt.overlay, rt.data, undefined);
  }

  /** What stands under a key. */
  child(rt: Runtime, found: Found, key: Value): Found {
    if (!(found instanceof Cursor)) return found === undefined ? undefined : lookup(found, key);
    const overlay = found.overlay?.child(key);
    if (overlay?.value !== undefined) return overlay.value;
    const node = found.node?.child(key);
    const base = found.base === undefined ? undefined : lookup(found.base, key);
    const made = madeAt(found.made, key);
    if (node === undefined && overlay === undefined) return made === undefined ? base : overBase(base, madeValue(made));
    if (node === undefined || node.rules.length === 0) return new Cursor(node, overlay, base, made);
    if (node.isFunction) return base;
    const own = this.#made(rt, node);
    // What a rule says is whole: no other rule adds to it.
    if (own !== undefined && found.made !== undefined && found.made.kind !== "object") throw conflict(node.rules[0]?.at);
    const both = combine(made, own, node.rules[0]?.at);
    if (node.children.size > 0 || overlay !== undefined) return new Cursor(node, overlay, base, both);
    return both === undefined ? base : madeValue(both);
  }

  #made(rt: Runtime, node: RuleNode): Made | undefined {
    const [first] = node.rules;
    if (first !== undefined && first.dynamic.length > 0) return { kind: "object", object: this.#planner.extentOf(rt, node) };
    const value = this.#planner.valueOf(rt, node);
    if (value === undefined) return undefined;
    return node.isPartial && value instanceof RegoSet ? { kind: "set", set: value } : { kind: "leaf", value };
  }

  /** The keys of a place, in order. */
  #keys({ node, overlay, base, made }: Cursor): readonly Value[] {
    const keys = new Map<Key, Value>();
    const add = (key: Value): unknown => keys.set(keyOf(key), key);
    for (const child of node?.children.values() ?? []) add(child.path.at(-1) as Value);
    for (const [key] of overlay?.children.values() ?? []) add(key);
    for (const part of [base, made?.kind === "leaf" ? made.value : undefined]) if (isObject(part)) for (const [key] of sortedEntries(part)) add(key);
    if (made?.kind === "object") for (const key of made.object.keys()) add(key);
    return [...keys.values()].sort((a, b) => compareValues(a, b));
  }

  /** Calls back with each key and what stands under it, in order, until one answers true. */
  each(rt: Runtime, cursor: Cursor, visit: (key: Value, found: Found) => boolean): boolean {
    for (const key of this.#keys(cursor)) {
      const found = this.child(rt, cursor, key);
      if (found !== undefined && visit(key, found)) return true;
    }
    return false;
  }

  /** A place as a value: packages become objects, functions and what is undefined are left out. */
  value(rt: Runtime, found: Found): Value | undefined {
    if (!(found instanceof Cursor)) return found;
    if (found.made !== undefined && found.made.kind !== "object" && !isObject(madeValue(found.made))) return this.#whole(rt, found, found.made);
    const builder = new ObjectBuilder();
    this.each(rt, found, (key, inner) => {
      const value = this.value(rt, inner);
      if (value !== undefined) builder.set(key, value);
      return false;
    });
    return builder.value();
  }

  /** A rule's value that is no object; another rule that would stand in it is a conflict. */
  #whole(rt: Runtime, found: Cursor, made: Made): Value {
    this.each(rt, found, () => false);
    return madeValue(made);
  }

  /** What a path leads to. */
  at(rt: Runtime, path: readonly Value[]): Found {
    let found = this.root(rt);
    for (const key of path) found = this.child(rt, found, key);
    return found;
  }
}

function madeAt(made: Made | undefined, key: Value): Made | undefined {
  if (made === undefined) return undefined;
  if (made.kind === "object") return made.object.get(key);
  const value = lookup(madeValue(made), key);
  return value === undefined ? undefined : { kind: "leaf", value };
}

/** What rules make over what was given: where both have something that is no object, the rules win. */
function overBase(base: Value | undefined, made: Value): Value {
  if (!isObject(base) || !isObject(made)) return made;
  const builder = new ObjectBuilder();
  for (const [key, value] of sortedEntries(base)) builder.set(key, value);
  for (const [key, value] of sortedEntries(made)) builder.set(key, overBase(builder.get(key), value));
  return builder.value();
}

/** Plans a ref into data; `follow` plans the steps that are left once there is a plain value. */
export function planDataRef(planner: Planner, ref: Ref, place: Place, follow: (base: Evaluate, steps: readonly Term[]) => Evaluate): Evaluate {
  const steps = ref.parts.slice(1);
  const documents = documentsOf(planner);
  let node: RuleNode | undefined = planner.tree.root;
  const path: Value[] = [];
  let mixed = false;
  for (const step of steps) {
    const constant: Value | undefined = step.kind === "scalar" ? step.value : undefined;
    const isLeaf: boolean = node !== undefined && node.rules.length > 0 && node.children.size === 0;
    if (constant === undefined || isLeaf) break;
    // Below rules with variables in their heads everything is made by several rules.
    mixed ||= node !== undefined && node.rules.length > 0;
    node = node?.child(constant);
    path.push(constant);
  }
  const rest = steps.slice(path.length);
  if (mixed) return planCursor(planner, documents, path, rest, place, follow);
  if (node === undefined) return follow(baseDocument(documents, path), rest);
  if (node.rules.length > 0 && node.children.size === 0) return follow(ruleDocument(planner, documents, node, path), rest);
  return planCursor(planner, documents, path, rest, place, follow);
}

const known = new WeakMap<Planner, Documents>();

/** The documents of a policy. */
function documentsOf(planner: Planner): Documents {
  let documents = known.get(planner);
  if (documents === undefined) {
    documents = new Documents(planner);
    known.set(planner, documents);
  }
  return documents;
}

function baseDocument(documents: Documents, path: readonly Value[]): Evaluate {
  const text = JSON.stringify(path);
  return (rt) => {
    if (rt.overlay !== undefined) return documents.value(rt, documents.at(rt, path));
    rt.shared.reads?.data.set(text, path);
    let value: Value | undefined = rt.data;
    for (let at = 0; at < path.length && value !== undefined; at += 1) {
      const key = path[at] as Value;
      value = typeof key === "string" ? lookupField(value, key) : lookup(value, key);
    }
    return value;
  };
}

function ruleDocument(planner: Planner, documents: Documents, node: RuleNode, path: readonly Value[]): Evaluate {
  const base = baseDocument(documents, path);
  if (node.isFunction) return base;
  return (rt, frame) => (rt.overlay === undefined ? planner.valueOf(rt, node) : base(rt, frame));
}

/** A ref that goes on in packages by keys that are found when it is evaluated, or ends in one. */
function planCursor(
  planner: Planner,
  documents: Documents,
  path: readonly Value[],
  steps: readonly Term[],
  place: Place,
  follow: (base: Evaluate, steps: readonly Term[]) => Evaluate,
): Evaluate {
  const text = JSON.stringify(path);
  let at: (rt: Runtime, frame: unknown[]) => Found = (rt) => {
    rt.shared.reads?.data.set(text, path);
    return documents.at(rt, path);
  };
  // A rule with variables in its head has values that packages and rules stand in, so every step may still be a place.
  for (const step of steps) at = planCursorStep(planner, documents, at, step, place);
  const end = at;
  return follow((rt, frame) => documents.value(rt, end(rt, frame)), []);
}

function planCursorStep(planner: Planner, documents: Documents, at: (rt: Runtime, frame: unknown[]) => Found, step: Term, place: Place): typeof at {
  if (unboundIn(step, place.bound).size === 0) {
    const key = planner.term(step, place);
    return (rt, frame) => {
      const value = key(rt, frame);
      return value === undefined ? undefined : documents.child(rt, at(rt, frame), value);
    };
  }
  const slot = place.fresh();
  const { match, settle } = planMatch(planner, step, place);
  place.each((next) => (rt, frame) => {
    const visit = (key: Value, found: Found): boolean => {
      rt.shared.charge(1);
      if (!match(rt, frame, key)) return false;
      frame[slot] = found;
      return next(rt, frame);
    };
    const found = at(rt, frame);
    if (found instanceof Cursor) return documents.each(rt, found, visit);
    return found !== undefined && eachEntry(found, visit);
  });
  settle();
  return (_rt, frame) => frame[slot] as Found;
}
