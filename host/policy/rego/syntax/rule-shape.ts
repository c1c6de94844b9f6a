// Rules that are written as something else, and what a default rule may say.

import { callOf, dottedName, equationOf, type Expr, type Head, type Rule, scalar, type Term, termExpr } from "./ast.ts";

/** Whether a term has no variables: constants, and composites of them. */
export function isGround(term: Term): boolean {
  switch (term.kind) {
    case "scalar":
      return true;
    case "array":
    case "set":
      return term.items.every(isGround);
    case "object":
      return term.entries.every(([key, value]) => isGround(key) && isGround(value));
    case "var":
    case "ref":
    case "comprehension":
    case "call":
    case "template":
      return false;
  }
}

/** What stands in a term that a default value cannot have. */
function notConstant(term: Term): string | undefined {
  switch (term.kind) {
    case "var":
    case "ref":
    case "call":
      return term.kind;
    case "array":
    case "set":
      return first(term.items);
    case "object":
      return first(term.entries.flat());
    case "scalar":
    case "comprehension":
    case "template":
      return undefined;
  }
}

function first(terms: readonly Term[]): string | undefined {
  for (const term of terms) {
    const found = notConstant(term);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is wrong with a default rule. */
export function defaultProblems(head: Head): string[] {
  if (head.value === undefined) return ["illegal default rule (must have a value)"];
  const inside = notConstant(head.value);
  const problems = inside === undefined ? [] : [`illegal default rule (value cannot contain ${inside})`];
  const seen = new Set<string>();
  for (const arg of head.args ?? []) {
    if (arg.kind !== "var") problems.push(`illegal default rule (arguments cannot contain ${arg.kind === "scalar" ? typeof arg.value : arg.kind})`);
    else if (seen.has(arg.name)) problems.push(`illegal default rule (arguments cannot be repeated ${arg.name})`);
    else seen.add(arg.name);
  }
  return problems;
}

/** A statement that was read as a query, as the rule it stands for; a text says why it is none. */
export function ruleOfBody(body: readonly Expr[], isBuiltin: (name: string) => boolean): Rule | string {
  const [expr] = body;
  if (expr === undefined || body.length !== 1) return "multiple expressions cannot be used for rule head";
  if (expr.withs.length > 0) return "expressions using with keyword cannot be used for rule head";
  if (expr.negated) return "negated expressions cannot be used for rule head";
  if (expr.form.kind === "some") return "'some' declarations cannot be used for rule head";
  if (expr.form.kind !== "term") return "expression cannot be used for rule head";
  const equation = equationOf(expr);
  if (equation !== undefined) return ruleOfEquation(equation.left, equation.right, equation.assigns, expr);
  const call = callOf(expr);
  if (call === undefined) return ruleOfTerm(expr.form.term, expr);
  const name = dottedName(call.operator.parts);
  if (name !== undefined && isBuiltin(name)) return "rule name conflicts with built-in function";
  if (call.args.length === 0) return "rule argument list must take at least one argument";
  return make({ ref: call.operator.parts, args: call.args, value: scalar(true, expr.at), generatedValue: false }, expr);
}

function ruleOfEquation(left: Term, right: Term, assign: boolean, expr: Expr): Rule | string {
  if (left.kind === "call") return make({ ref: left.operator.parts, args: left.args, value: right, assign }, expr);
  if (left.kind === "ref" && left.parts[0]?.kind === "var") {
    const key = left.parts.length === 2 ? left.parts[1] : undefined;
    return make({ ref: left.parts, value: right, assign, key }, expr);
  }
  if (left.kind === "var") return make({ ref: [left], value: right, assign }, expr);
  return `${kindName(left)} cannot be used for rule name`;
}

function ruleOfTerm(term: Term, expr: Expr): Rule | string {
  if (term.kind !== "ref") return `${kindName(term)} cannot be used for rule name`;
  if (term.parts.length === 1) return "refs cannot be used for rule head";
  if (term.parts[0]?.kind !== "var") return "invalid rule head";
  if (term.parts.length > 2) return make({ ref: term.parts, value: scalar(true, expr.at), generatedValue: true }, expr);
  return make({ ref: term.parts.slice(0, 1), key: term.parts[1] }, expr);
}

function make(head: Partial<Head> & { readonly ref: readonly Term[] }, { at, end }: Expr): Rule {
  const blank = { args: undefined, key: undefined, value: undefined, assign: false, generatedValue: false, hasIf: false, hasContains: false };
  const whole: Head = { ...blank, ...head, at, end };
  return { isDefault: false, head: whole, body: [termExpr(scalar(true, at))], generatedBody: true, otherwise: undefined, at };
}

/** What a term is, as messages name it. */
export function kindName(term: Term): string {
  if (term.kind === "scalar") return term.value === null ? "null" : typeof term.value === "bigint" ? "number" : typeof term.value;
  return term.kind === "comprehension" ? `${term.makes}comprehension` : term.kind;
}
