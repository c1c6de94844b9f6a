// Going through terms and bodies.

import type { Expr, Term } from "./ast.ts";

/** The terms right below a term; those in the body of a comprehension or a template are not among them. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "ref":
      return term.parts;
    case "array":
    case "set":
      return term.items;
    case "object":
      return term.entries.flat();
    case "call":
      return term.args;
    case "scalar":
    case "var":
    case "comprehension":
    case "template":
      return [];
  }
}

/** The terms an expression consists of; those of bodies inside it are not among them. */
export function termsOf({ form, withs }: Expr): readonly Term[] {
  const values = withs.flatMap(({ target, value }) => (target.kind === "ref" ? [...target.parts.slice(1), value] : [value]));
  if (form.kind === "term") return [form.term, ...values];
  return form.kind === "every" ? [form.domain, ...values] : form.kind === "some" ? [...form.symbols, ...values] : values;
}

type Bodies = readonly (readonly Expr[])[];
const NONE: Bodies = [];
const known = new WeakMap<Expr, Bodies>();

/** The bodies right inside an expression, those in its terms included. */
export function bodiesOf(expr: Expr): Bodies {
  const found = known.get(expr) ?? findBodies(expr);
  known.set(expr, found);
  return found;
}

function findBodies(expr: Expr): Bodies {
  const inner = termsOf(expr).flatMap(bodiesInTerm);
  const { form } = expr;
  if (form.kind === "every" || form.kind === "not") inner.push(form.body);
  if (form.kind === "and" || form.kind === "or") inner.push(form.left, form.right);
  return inner.length === 0 ? NONE : inner;
}

/** The bodies right inside a term. */
export function bodiesInTerm(term: Term): Bodies {
  if (term.kind === "comprehension") {
    const heads = term.key === undefined ? [term.value] : [term.key, term.value];
    return [term.body, ...heads.flatMap(bodiesInTerm)];
  }
  if (term.kind === "template") return term.parts.flatMap((part) => (typeof part === "string" ? [] : [[part]]));
  const parts = partsOf(term);
  return parts.length === 0 ? NONE : parts.flatMap(bodiesInTerm);
}

/** Calls back with a term and all terms inside it, bodies included. */
export function walkTerm(term: Term, visit: (term: Term) => void): void {
  visit(term);
  if (term.kind === "call") walkTerm(term.operator, visit);
  for (const part of partsOf(term)) walkTerm(part, visit);
  if (term.kind === "comprehension") {
    if (term.key !== undefined) walkTerm(term.key, visit);
    walkTerm(term.value, visit);
    walkBody(term.body, visit);
  }
  if (term.kind === "template") for (const part of term.parts) if (typeof part !== "string") walkBody([part], visit);
}

/** Calls back with every term in a body, those of bodies inside it included. */
export function walkBody(body: readonly Expr[], visit: (term: Term) => void): void {
  for (const expr of body) {
    const { form } = expr;
    for (const { target, value } of expr.withs) for (const term of [target, value]) walkTerm(term, visit);
    switch (form.kind) {
      case "term":
        walkTerm(form.term, visit);
        break;
      case "some":
        for (const symbol of form.symbols) walkTerm(symbol, visit);
        break;
      case "every":
        walkTerm(form.domain, visit);
        walkTerm(form.value, visit);
        if (form.key !== undefined) walkTerm(form.key, visit);
        walkBody(form.body, visit);
        break;
      case "not":
        walkBody(form.body, visit);
        break;
      case "and":
      case "or":
        walkBody(form.left, visit);
        walkBody(form.right, visit);
        break;
    }
  }
}

/** Calls back with every expression in a body, those of bodies inside it included. */
export function walkExprs(body: readonly Expr[], visit: (expr: Expr) => void): void {
  for (const expr of body) {
    visit(expr);
    for (const inner of bodiesOf(expr)) walkExprs(inner, visit);
  }
}
