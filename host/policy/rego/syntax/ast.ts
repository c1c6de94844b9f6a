// What a policy's text is once it is parsed. Nodes are never changed; passes make new ones.

import type { Location } from "../source.ts";

export interface Scalar {
  readonly kind: "scalar";
  readonly value: null | boolean | number | bigint | string;
  readonly at: Location;
}

export interface Var {
  readonly kind: "var";
  readonly name: string;
  readonly at: Location;
}

/** `a.b[c]`: a head and what is looked up in it, step by step. */
export interface Ref {
  readonly kind: "ref";
  readonly parts: readonly Term[];
  readonly at: Location;
}

export interface ListTerm {
  readonly kind: "array" | "set";
  readonly items: readonly Term[];
  readonly at: Location;
}

export interface ObjectTerm {
  readonly kind: "object";
  readonly entries: readonly (readonly [Term, Term])[];
  readonly at: Location;
}

export interface Comprehension {
  readonly kind: "comprehension";
  readonly makes: "array" | "set" | "object";
  /** The key, of an object. */
  readonly key: Term | undefined;
  readonly value: Term;
  readonly body: readonly Expr[];
  readonly at: Location;
}

export interface Call {
  readonly kind: "call";
  readonly operator: Ref;
  readonly args: readonly Term[];
  /** Whether it was written with an operator between its operands. */
  readonly infix: boolean;
  readonly at: Location;
}

export interface Template {
  readonly kind: "template";
  readonly parts: readonly (string | Expr)[];
  readonly at: Location;
}

export type Term = Scalar | Var | Ref | ListTerm | ObjectTerm | Comprehension | Call | Template;

export interface With {
  readonly target: Term;
  readonly value: Term;
  /** The builtin that takes the place of the target; then the value says nothing. */
  readonly builtin: string | undefined;
  readonly at: Location;
}

export interface Every {
  readonly kind: "every";
  readonly key: Var | undefined;
  readonly value: Var;
  readonly domain: Term;
  readonly body: readonly Expr[];
}

export interface Some {
  readonly kind: "some";
  /** Variables, or one call of `in`. */
  readonly symbols: readonly Term[];
}

export interface NotBody {
  readonly kind: "not";
  readonly body: readonly Expr[];
  readonly explicit: boolean;
}

export interface Logic {
  readonly kind: "and" | "or";
  readonly left: readonly Expr[];
  readonly right: readonly Expr[];
  readonly explicitLeft: boolean;
  readonly explicitRight: boolean;
}

/** What an expression says, apart from `not` before it and `with` behind it. */
export type Form = { readonly kind: "term"; readonly term: Term } | Every | Some | NotBody | Logic;

export interface Expr {
  readonly form: Form;
  readonly negated: boolean;
  readonly withs: readonly With[];
  readonly at: Location;
  /** Where its text ends. */
  readonly end: number;
}

export interface Head {
  readonly ref: readonly Term[];
  /** The parameters of a function. */
  readonly args: readonly Term[] | undefined;
  /** What a multi-value rule contains; also the key of the old form `p[x] = y`. */
  readonly key: Term | undefined;
  readonly value: Term | undefined;
  readonly assign: boolean;
  readonly generatedValue: boolean;
  readonly hasIf: boolean;
  readonly hasContains: boolean;
  readonly at: Location;
  /** Where its text ends. */
  readonly end: number;
}

export interface Rule {
  readonly isDefault: boolean;
  readonly head: Head;
  readonly body: readonly Expr[];
  readonly generatedBody: boolean;
  readonly otherwise: Rule | undefined;
  readonly at: Location;
}

export interface Import {
  readonly path: readonly Term[];
  readonly alias: string | undefined;
  readonly at: Location;
}

export interface Comment {
  readonly text: string;
  readonly at: Location;
}

/** Which of Rego's versions a module is written in; `v0-v1` is an old one that imports `rego.v1`. */
export type RegoVersion = "v0" | "v0-v1" | "v1";

export interface Module {
  readonly path: readonly string[];
  readonly packageAt: Location;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
  readonly comments: readonly Comment[];
  readonly version: RegoVersion;
}

/** The call that an expression is, without `not`; undefined when it is something else. */
export function callOf({ form }: Expr): Call | undefined {
  return form.kind === "term" && form.term.kind === "call" ? form.term : undefined;
}

/** The dotted name that a ref of names is, such as `io.jwt.decode`; undefined for others. */
export function dottedName(parts: readonly Term[]): string | undefined {
  const [head, ...rest] = parts;
  if (head?.kind !== "var") return undefined;
  const names = rest.map((part) => (part.kind === "scalar" && typeof part.value === "string" ? part.value : undefined));
  return names.includes(undefined) ? undefined : [head.name, ...names].join(".");
}

/** The operands when an expression is `=` or `:=`. */
export function equationOf(expr: Expr): { readonly left: Term; readonly right: Term; readonly assigns: boolean } | undefined {
  const call = callOf(expr);
  const name = call === undefined ? undefined : dottedName(call.operator.parts);
  if (call === undefined || call.args.length !== 2 || (name !== "eq" && name !== "assign")) return undefined;
  return { left: call.args[0] as Term, right: call.args[1] as Term, assigns: name === "assign" };
}

/** Whether a variable was written as `_`. */
export function isWildcard(name: string): boolean {
  return name.startsWith("$");
}

/** Whether a variable was written by nobody: names that people write have no space in them. */
export function isGenerated(name: string): boolean {
  return isWildcard(name) || name.includes(" ");
}

/** A term as a ref when its first part is the variable `name`. */
export function rootedAt(term: Term, name: string): Ref | undefined {
  const head = term.kind === "ref" ? term.parts[0] : undefined;
  return term.kind === "ref" && head?.kind === "var" && head.name === name ? term : undefined;
}

export const scalar = (value: Scalar["value"], at: Location): Scalar => ({ kind: "scalar", value, at });
export const makeVar = (name: string, at: Location): Var => ({ kind: "var", name, at });
export const makeRef = (parts: readonly Term[], at: Location): Ref => ({ kind: "ref", parts, at });
export const makeCall = (name: string, args: readonly Term[], at: Location, infix = false): Call => {
  const [head = "", ...rest] = name.split(".");
  return { kind: "call", operator: makeRef([makeVar(head, at), ...rest.map((part) => scalar(part, at))], at), args, infix, at };
};
/** An expression with a variable for the value of its term. */
export function named(expr: Expr, name: string): Expr {
  const { form, at } = expr;
  return form.kind === "term" ? { ...expr, form: { kind: "term", term: makeCall("eq", [makeVar(name, at), form.term], at, true) } } : expr;
}

export const termExpr = (term: Term): Expr => ({ form: { kind: "term", term }, negated: false, withs: [], at: term.at, end: term.at.offset });
