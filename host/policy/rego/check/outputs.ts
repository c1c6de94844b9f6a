// Which variables an expression needs, and which it gives a value to.

import { callOf, type Expr, equationOf, type Term } from "../syntax/ast.ts";
import { bodiesOf, partsOf, termsOf, walkBody } from "../syntax/walk.ts";
import { patternVars } from "./scope.ts";

/** How many operands the function called has, so that an operand more is where its result goes. */
export type ArityOf = (operator: readonly Term[]) => number | undefined;

const ROOTS = new Set(["input", "data"]);
type Names = ReadonlySet<string>;

const visible = new WeakMap<Expr, Names>();

/** The variables of an expression; those of bodies inside it are not among them, but for bodies that are just expressions. */
export function visibleVars(expr: Expr): Names {
  const known = visible.get(expr);
  if (known !== undefined) return known;
  const names = new Set<string>();
  for (const term of termsOf(expr)) collect(term, names);
  visible.set(expr, names);
  return names;
}

function collect(term: Term, names: Set<string>): void {
  if (term.kind === "var") {
    if (!ROOTS.has(term.name)) names.add(term.name);
    return;
  }
  for (const part of partsOf(term)) collect(part, names);
}

/** The variables that `not x`, `x and y` and the like need from outside: those of operands without braces. */
export function closureNeeds({ form }: Expr): Names {
  const names = new Set<string>();
  const add = (body: readonly Expr[], explicit: boolean): void => {
    if (explicit) return;
    for (const expr of body) {
      for (const name of visibleVars(expr)) names.add(name);
      for (const name of closureNeeds(expr)) names.add(name);
    }
  };
  if (form.kind === "not") add(form.body, form.explicit);
  if (form.kind === "and" || form.kind === "or") {
    add(form.left, form.explicitLeft);
    add(form.right, form.explicitRight);
  }
  return names;
}

/** The variables in bodies inside an expression. */
export function closureVars(expr: Expr): Names {
  const names = new Set<string>();
  for (const body of bodiesOf(expr)) {
    walkBody(body, (term) => {
      if (term.kind === "var") names.add(term.name);
    });
  }
  for (const term of termsOf(expr)) collectHeads(term, names);
  return names;
}

/** The variables that heads of comprehensions name. */
function collectHeads(term: Term, names: Set<string>): void {
  if (term.kind === "comprehension") {
    if (term.key !== undefined) collect(term.key, names);
    collect(term.value, names);
  }
  for (const part of partsOf(term)) collectHeads(part, names);
}

/** The variables that evaluating an expression gives a value to, when those in `safe` have one. */
export function outputsOf(expr: Expr, safe: Names, arity: ArityOf): Names {
  const outputs = new Set<string>();
  const { form } = expr;
  if (expr.negated || (form.kind !== "term" && form.kind !== "every")) return outputs;
  for (const { target, value } of expr.withs) {
    const needed = new Set<string>();
    collect(value, needed);
    if (target.kind === "ref") for (const part of target.parts.slice(1)) collect(part, needed);
    for (const name of needed) if (!safe.has(name)) return outputs;
  }
  if (form.kind === "every") {
    refOutputs(form.domain, safe, outputs);
    return outputs;
  }
  refOutputs(form.term, safe, outputs);
  const equation = equationOf(expr);
  if (equation !== undefined) return equationOutputs(equation, safe, outputs);
  const call = callOf(expr);
  const inputs = call === undefined ? undefined : arity(call.operator.parts);
  if (call === undefined || inputs === undefined || call.args.length <= inputs) return outputs;
  const needed = new Set<string>();
  for (const arg of call.args.slice(0, inputs)) collect(arg, needed);
  for (const name of needed) if (!safe.has(name) && !outputs.has(name)) return new Set();
  for (const arg of call.args.slice(inputs)) for (const name of patternVars(arg)) outputs.add(name);
  return outputs;
}

/** The variables that refs in a term give a value to, by going through what their head holds. */
function refOutputs(term: Term, safe: Names, outputs: Set<string>): void {
  if (term.kind === "ref") {
    const [head, ...steps] = term.parts;
    if (head !== undefined && isKnown(head, safe, outputs)) for (const step of steps) indexVars(step, outputs);
  }
  for (const part of partsOf(term)) refOutputs(part, safe, outputs);
}

/** The variables of what stands in a ref's brackets; inner refs and calls are looked up, and give none by themselves. */
function indexVars(term: Term, outputs: Set<string>): void {
  if (term.kind === "var") outputs.add(term.name);
  else if (term.kind === "array" || term.kind === "set" || term.kind === "object") for (const part of partsOf(term)) indexVars(part, outputs);
}

function isKnown(head: Term, safe: Names, outputs: Names): boolean {
  const needed = new Set<string>();
  collect(head, needed);
  return [...needed].every((name) => safe.has(name) || (head.kind !== "var" && outputs.has(name)));
}

/** Two terms that must come out the same. */
interface Pair {
  readonly left: Term;
  readonly right: Term;
}

function equationOutputs({ left, right, assigns }: Pair & { readonly assigns: boolean }, safe: Names, outputs: Set<string>): Names {
  const pairs = pairsOf({ left, right });
  const known = new Set([...safe, ...outputs]);
  // What `:=` declares is never what its right side waits for.
  if (assigns) for (const name of patternVars(left)) known.delete(name);
  for (let before = -1; before !== known.size; ) {
    before = known.size;
    for (const pair of pairs) {
      propagate(pair.left, pair.right, known);
      if (!assigns) propagate(pair.right, pair.left, known);
    }
  }
  for (const name of known) if (!safe.has(name)) outputs.add(name);
  return outputs;
}

/** When all of `value` is known, so are the variables of the pattern that it is matched with. */
function propagate(pattern: Term, value: Term, known: Set<string>): void {
  const needed = new Set<string>();
  collect(value, needed);
  for (const name of needed) if (!known.has(name)) return;
  for (const name of patternVars(pattern)) known.add(name);
}

/** An equation taken apart, as far as both sides are written out. */
export function pairsOf({ left, right }: Pair): Pair[] {
  if (left.kind === "array" && right.kind === "array" && left.items.length === right.items.length) {
    return left.items.flatMap((item, at) => pairsOf({ left: item, right: right.items[at] as Term }));
  }
  if (left.kind === "object" && right.kind === "object") {
    const matched = left.entries.map(([key, value]) => {
      const other = right.entries.find(([candidate]) => candidate.kind === "scalar" && key.kind === "scalar" && candidate.value === key.value);
      return other === undefined ? undefined : { left: value, right: other[1] };
    });
    if (matched.every((pair) => pair !== undefined)) return matched.flatMap(pairsOf);
  }
  return [{ left, right }];
}

/** The variables of a term that have no value. */
export function unboundIn(term: Term, bound: Names): Names {
  const names = new Set<string>();
  collect(term, names);
  for (const name of names) if (bound.has(name)) names.delete(name);
  return names;
}

/** The variables of a term that have no value, and get none from its refs. */
export function unsafeIn(term: Term, bound: Names): Names {
  const names = new Set(unboundIn(term, bound));
  const outputs = new Set<string>();
  refOutputs(term, new Set([...bound, ...ROOTS]), outputs);
  for (const name of outputs) names.delete(name);
  return names;
}
