// Names to what they stand for: imports and rules become refs into data, declared variables get a name of their own, `some`
// goes, and `some … in` becomes an equation.

import { issueAt, type RegoIssue } from "../issue.ts";
import type { Location } from "../source.ts";
import { type Call, dottedName, type Expr, equationOf, type Form, type Logic, makeCall, makeRef, makeVar, type Ref, type Term, termExpr, scalar } from "../syntax/ast.ts";
import { kindName } from "../syntax/rule-shape.ts";
import { isArray, isObject, sortedEntries, type Value } from "../value/value.ts";
import { declaredIn, memberVars, Scope } from "./scope.ts";

/** What a name of a rule or an import stands for. */
export type Globals = ReadonlyMap<string, readonly Term[]>;

const NEGATED = "cannot assign vars inside negated expression";

/** Resolves the names in the rules of one module, or in a query. */
export class Resolver {
  readonly issues: RegoIssue[] = [];
  /** What the comments about the rule in hand say. */
  annotations: { readonly rule: () => Value; readonly chain: () => Value } | undefined;
  readonly #globals: Globals;

  readonly #isBuiltin: (name: string) => boolean;

  constructor(globals: Globals, isBuiltin: (name: string) => boolean) {
    this.#globals = globals;
    this.#isBuiltin = isBuiltin;
  }

  /** A body, whose variables are then in the scope. */
  body(body: readonly Expr[], scope: Scope): readonly Expr[] {
    const before = this.issues.length;
    const resolved = body.flatMap((expr) => this.#expression(expr, scope));
    if (this.issues.length === before) this.issues.push(...scope.unused());
    return resolved.length === 0 && body[0] !== undefined ? [termExpr(scalar(true, body[0].at))] : resolved;
  }

  #inner(body: readonly Expr[], scope: Scope): readonly Expr[] {
    return this.body(body, new Scope(scope, declaredIn(body)));
  }

  #expression(expr: Expr, scope: Scope): readonly Expr[] {
    const { form } = expr;
    const equation = equationOf(expr);
    if (equation?.assigns === true) return [this.#assignment(expr, equation.left, equation.right, scope)];
    if (form.kind === "some") return this.#some(expr, form.symbols, scope);
    const resolved = this.#form(expr, form, scope);
    return [{ ...expr, form: resolved, withs: this.#withs(expr, scope) }];
  }

  #form(expr: Expr, form: Exclude<Form, { kind: "some" }>, scope: Scope): Form {
    switch (form.kind) {
      case "term":
        return { kind: "term", term: this.term(form.term, scope) };
      case "every": {
        const domain = this.term(form.domain, scope);
        const inner = new Scope(scope, new Set([...declaredIn(form.body), form.value.name, ...(form.key === undefined ? [] : [form.key.name])]));
        const key = form.key === undefined ? undefined : this.#declare(form.key.name, "declared", form.key.at, inner);
        const value = this.#declare(form.value.name, "declared", form.value.at, inner);
        for (const name of [form.key?.name, form.value.name]) if (name !== undefined) inner.meaning(name);
        return { kind: "every", key, value, domain, body: this.body(form.body, inner) };
      }
      case "not":
        return { ...form, body: this.#operand(form.body, form.explicit, NEGATED, scope) };
      case "and":
      case "or":
        return this.#logic(expr, form, scope);
    }
  }

  #logic(_expr: Expr, form: Logic, scope: Scope): Logic {
    const problem = `cannot assign vars inside implicit ${form.kind} operand`;
    const left = this.#operand(form.left, form.explicitLeft, problem, scope);
    return { ...form, left, right: this.#operand(form.right, form.explicitRight, problem, scope) };
  }

  /** A body in braces may declare; one that is an expression may not. */
  #operand(body: readonly Expr[], explicit: boolean, problem: string, scope: Scope): readonly Expr[] {
    if (explicit) return this.#inner(body, scope);
    for (const expr of body) {
      if (equationOf(expr)?.assigns === true) this.issues.push(issueAt("rego_compile_error", expr.at, problem));
    }
    return body.flatMap((expr) => this.#expression(expr, scope));
  }

  #withs(expr: Expr, scope: Scope): Expr["withs"] {
    return expr.withs.map((item) => {
      const builtin = this.#builtinName(item.value, scope);
      const target = this.#builtinName(item.target, scope) === undefined ? this.term(item.target, scope) : item.target;
      return { ...item, target, builtin, value: builtin === undefined ? this.term(item.value, scope) : scalar(null, item.at) };
    });
  }

  /** The builtin that a name stands for where nothing else is called so. */
  #builtinName(term: Term, scope: Scope): string | undefined {
    const name = dottedName(term.kind === "ref" ? term.parts : [term]);
    const [head = ""] = (name ?? "").split(".");
    if (name === undefined || !this.#isBuiltin(name) || scope.meaning(head) !== undefined) return undefined;
    return scope.hides(head) || this.#globals.has(head) ? undefined : name;
  }

  #assignment(expr: Expr, left: Term, right: Term, scope: Scope): Expr {
    if (expr.negated) this.issues.push(issueAt("rego_compile_error", expr.at, NEGATED));
    const value = this.term(right, scope);
    const withs = this.#withs(expr, scope);
    const pattern = this.#assignee(left, scope);
    return { ...expr, form: { kind: "term", term: makeCall("assign", [pattern, value], expr.at, true) }, withs };
  }

  #assignee(term: Term, scope: Scope): Term {
    switch (term.kind) {
      case "var":
        return this.#declare(term.name, "assigned", term.at, scope);
      case "array":
        return { ...term, items: term.items.map((item) => this.#assignee(item, scope)) };
      case "object":
        return { ...term, entries: term.entries.map(([key, value]) => [this.term(key, scope), this.#assignee(value, scope)] as const) };
      case "scalar":
      case "ref":
      case "set":
      case "comprehension":
      case "call":
      case "template": {
        const name = term.kind === "ref" && term.parts.length === 1 ? dottedName(term.parts) : undefined;
        const problem = name === "input" || name === "data" ? `variables must not shadow ${name} (use a different variable name)` : `cannot assign to ${kindName(term)}`;
        this.issues.push(issueAt("rego_compile_error", term.at, problem));
        return term;
      }
    }
  }

  #declare(name: string, how: "assigned" | "declared" | "argument", at: Location, scope: Scope): ReturnType<typeof makeVar> {
    const unique = scope.declare(name, how, at);
    if (typeof unique === "string") return makeVar(unique, at);
    this.issues.push(issueAt("rego_compile_error", at, unique.problem));
    return makeVar(name, at);
  }

  #some(expr: Expr, symbols: readonly Term[], scope: Scope): readonly Expr[] {
    const [member] = symbols;
    if (member?.kind !== "call") {
      for (const symbol of symbols) if (symbol.kind === "var") this.#declare(symbol.name, "declared", expr.at, scope);
      return [];
    }
    for (const name of memberVars(member.args)) this.#declare(name, "declared", expr.at, scope);
    const args = member.args.map((arg) => this.term(arg, scope));
    const domain = args.at(-1) as Term;
    const key = args.length === 3 ? (args[0] as Term) : makeVar(`$in${member.at.offset}`, member.at);
    const ref = makeRef(domain.kind === "ref" ? [...domain.parts, key] : [domain, key], domain.at);
    const term = makeCall("eq", [args.at(-2) as Term, ref], expr.at, true);
    return [{ ...expr, form: { kind: "term", term }, withs: this.#withs(expr, scope) }];
  }

  /** The parameters of a function. */
  args(args: readonly Term[], scope: Scope): readonly Term[] {
    return args.map((arg) => this.#argument(arg, scope));
  }

  #argument(term: Term, scope: Scope): Term {
    switch (term.kind) {
      case "var": {
        const known = scope.meaning(term.name);
        return known === undefined ? this.#declare(term.name, "argument", term.at, scope) : makeVar(known, term.at);
      }
      case "array":
      case "set":
        return { ...term, items: term.items.map((item) => this.#argument(item, scope)) };
      case "object":
        return { ...term, entries: term.entries.map(([key, value]) => [this.#argument(key, scope), this.#argument(value, scope)] as const) };
      case "call":
        this.issues.push(issueAt("rego_compile_error", term.at, "rule arguments cannot contain calls"));
        return term;
      case "ref":
        if (term.parts.length === 1 && dottedName(term.parts) !== undefined) {
          const message = `args must not shadow ${dottedName(term.parts)} (use a different variable name)`;
          this.issues.push(issueAt("rego_compile_error", term.at, message));
        }
        return this.term(term, scope);
      case "scalar":
      case "comprehension":
      case "template":
        return this.term(term, scope);
    }
  }

  term(term: Term, scope: Scope): Term {
    switch (term.kind) {
      case "scalar":
        return term;
      case "var":
        return this.#variable(term.name, term.at, scope);
      case "ref":
        return this.#ref(term, scope);
      case "array":
      case "set":
        return { ...term, items: term.items.map((item) => this.term(item, scope)) };
      case "object":
        return { ...term, entries: term.entries.map(([key, value]) => [this.term(key, scope), this.term(value, scope)] as const) };
      case "call":
        return this.#call(term, scope);
      case "template":
        return { ...term, parts: term.parts.map((part) => (typeof part === "string" ? part : (this.#inner([part], scope)[0] as Expr))) };
      case "comprehension": {
        const inner = new Scope(scope, declaredIn(term.body));
        const before = this.issues.length;
        const body = term.body.flatMap((expr) => this.#expression(expr, inner));
        const key = term.key === undefined ? undefined : this.term(term.key, inner);
        const value = this.term(term.value, inner);
        if (this.issues.length === before) this.issues.push(...inner.unused());
        return { ...term, key, value, body: body.length === 0 ? [termExpr(scalar(true, term.at))] : body };
      }
    }
  }

  #variable(name: string, at: Location, scope: Scope): Term {
    const known = scope.meaning(name);
    if (known !== undefined) return makeVar(known, at);
    const global = scope.hides(name) ? undefined : this.#globals.get(name);
    if (global !== undefined) return makeRef(global.map((part) => placedAt(part, at)), at);
    scope.see(name, at);
    return makeVar(name, at);
  }

  #ref({ parts, at }: Ref, scope: Scope): Ref {
    const [head, ...rest] = parts;
    const root = head?.kind === "var" && (head.name === "input" || head.name === "data") ? head : this.term(head as Term, scope);
    const steps = rest.map((part) => this.term(part, scope));
    return makeRef(root.kind === "ref" ? [...root.parts, ...steps] : [root, ...steps], at);
  }

  #call(call: Call, scope: Scope): Term {
    const [head, ...rest] = call.operator.parts;
    const name = head?.kind === "var" ? head.name : "";
    const local = scope.meaning(name);
    if (local !== undefined && local !== name) {
      this.issues.push(issueAt("rego_compile_error", call.at, `called function ${dottedName(call.operator.parts) ?? name} shadowed`));
    }
    const global = local !== undefined || scope.hides(name) ? undefined : this.#globals.get(name);
    const operator = global === undefined ? call.operator : makeRef([...global, ...rest], call.operator.at);
    const args = call.args.map((arg) => this.term(arg, scope));
    return this.#annotation(dottedName(operator.parts), args, call.at) ?? { ...call, operator, args };
  }

  /** A call that asks for annotations is a constant, or an equation with one. */
  #annotation(name: string | undefined, args: readonly Term[], at: Location): Term | undefined {
    const isRule = name === "rego.metadata.rule";
    if (this.annotations === undefined || args.length > 1 || (!isRule && name !== "rego.metadata.chain")) return undefined;
    const value = literal(isRule ? this.annotations.rule() : this.annotations.chain(), at);
    return args[0] === undefined ? value : makeCall("eq", [args[0], value], at, true);
  }
}

/** A part of a global at the place where that is used. */
function placedAt(part: Term, at: Location): Term {
  return { ...part, at };
}

/** A value as a term. */
function literal(value: Value, at: Location): Term {
  if (isArray(value)) return { kind: "array", items: value.map((item) => literal(item, at)), at };
  if (isObject(value)) return { kind: "object", entries: sortedEntries(value).map(([key, item]) => [literal(key, at), literal(item, at)] as const), at };
  return scalar(value as null | boolean | number | bigint | string, at);
}
