// Whether each variable gets a value before it is needed, and the order of a body's expressions in which it does.

import { issueAt, type RegoIssue } from "../issue.ts";
import type { Location } from "../source.ts";
import { type Comprehension, type Expr, isWildcard, type Term } from "../syntax/ast.ts";
import { writtenName } from "../syntax/print.ts";
import { bodiesOf, partsOf, termsOf } from "../syntax/walk.ts";
import { type ArityOf, closureNeeds, closureVars, outputsOf, unsafeIn, visibleVars } from "./outputs.ts";

const RESERVED = ["input", "data"];

/** Reorders bodies. What is unsafe is collected, with the first place where it is. */
export class Safety {
  readonly #arity: ArityOf;
  readonly #unsafe = new Map<string, Location>();
  readonly #unsafeExpressions = new Map<number, Location>();

  constructor(arity: ArityOf) {
    this.#arity = arity;
  }

  /** A body in the order it can be evaluated, its inner bodies as well. */
  body(body: readonly Expr[], known: ReadonlySet<string>): readonly Expr[] {
    const { ordered, rest, safe } = this.#order(body, known);
    for (const expr of rest) this.#report(expr, safe, body, known);
    const globals = new Set(known);
    return [...ordered, ...rest].map((expr) => {
      const inner = this.#inside(expr, globals);
      for (const name of visibleVars(expr)) globals.add(name);
      return inner;
    });
  }

  #order(body: readonly Expr[], known: ReadonlySet<string>): { ordered: Expr[]; rest: Expr[]; safe: Set<string> } {
    const own = new Set(body.flatMap((expr) => [...visibleVars(expr)]));
    const safe = new Set([...known, ...RESERVED]);
    const ordered: Expr[] = [];
    let rest = [...body];
    for (let before = -1; before !== ordered.length && rest.length > 0; ) {
      before = ordered.length;
      const waiting: Expr[] = [];
      for (const expr of rest) {
        const outputs = outputsOf(expr, safe, this.#arity);
        if (this.#isSafe(expr, outputs, safe, own)) {
          ordered.push(expr);
          for (const name of outputs) safe.add(name);
        } else waiting.push(expr);
      }
      rest = waiting;
    }
    return { ordered, rest, safe };
  }

  #isSafe(expr: Expr, outputs: ReadonlySet<string>, safe: ReadonlySet<string>, own: ReadonlySet<string>): boolean {
    for (const name of visibleVars(expr)) if (!outputs.has(name) && !safe.has(name)) return false;
    for (const name of closureNeeds(expr)) if (!outputs.has(name) && !safe.has(name)) return false;
    for (const name of closureVars(expr)) if (own.has(name) && !safe.has(name)) return false;
    return true;
  }

  #report(expr: Expr, safe: ReadonlySet<string>, body: readonly Expr[], known: ReadonlySet<string>): void {
    const own = new Set(body.flatMap((item) => [...visibleVars(item)]));
    const outputs = outputsOf(expr, safe, this.#arity);
    const inside = [...closureVars(expr)].filter((name) => own.has(name) && !known.has(name));
    for (const name of [...visibleVars(expr), ...closureNeeds(expr), ...inside]) {
      if (!safe.has(name) && !outputs.has(name)) this.#note(name, expr.at);
    }
  }

  #note(name: string, at: Location): void {
    if (isWildcard(name)) {
      this.#unsafeExpressions.set(at.offset, at);
      return;
    }
    const known = this.#unsafe.get(name);
    if (known === undefined || at.offset < known.offset) this.#unsafe.set(name, at);
  }

  /** Notes the variables of a term that nothing gives a value to. */
  require(term: Term | undefined, known: ReadonlySet<string>, at: Location): Term | undefined {
    if (term === undefined) return undefined;
    for (const name of unsafeIn(term, known)) this.#note(name, at);
    return this.term(term, new Set(known));
  }

  #inside(expr: Expr, known: ReadonlySet<string>): Expr {
    // A comprehension may use what its own expression binds only when that is bound before: the order saw to it.
    if (termsOf(expr).every((term) => !hasBody(term)) && bodiesOf(expr).length === 0) return expr;
    const { form } = expr;
    const around = new Set([...known, ...RESERVED]);
    const withs = expr.withs.map((item) => ({ ...item, value: this.term(item.value, around) }));
    switch (form.kind) {
      case "term":
        return { ...expr, withs, form: { kind: "term", term: this.term(form.term, around) } };
      case "every": {
        const inner = new Set([...around, form.value.name, ...(form.key === undefined ? [] : [form.key.name])]);
        return { ...expr, withs, form: { ...form, domain: this.term(form.domain, around), body: this.body(form.body, inner) } };
      }
      case "not":
        return { ...expr, withs, form: { ...form, body: this.body(form.body, around) } };
      case "and":
      case "or":
        return { ...expr, withs, form: { ...form, left: this.body(form.left, around), right: this.body(form.right, around) } };
      case "some":
        return expr;
    }
  }

  /** A term whose inner bodies are in order. */
  term(term: Term, known: ReadonlySet<string>): Term {
    if (!hasBody(term)) return term;
    const inner = (part: Term): Term => this.term(part, known);
    switch (term.kind) {
      case "scalar":
      case "var":
        return term;
      case "ref":
        return { ...term, parts: term.parts.map(inner) };
      case "array":
      case "set":
        return { ...term, items: term.items.map(inner) };
      case "object":
        return { ...term, entries: term.entries.map(([key, value]) => [inner(key), inner(value)] as const) };
      case "call":
        return { ...term, args: term.args.map(inner) };
      case "template":
        return { ...term, parts: term.parts.map((part) => (typeof part === "string" ? part : (this.body([part], known)[0] as Expr))) };
      case "comprehension":
        return this.#comprehension(term, known);
    }
  }

  #comprehension(term: Comprehension, known: ReadonlySet<string>): Comprehension {
    const body = this.body(term.body, known);
    const inner = new Set([...known, ...term.body.flatMap((expr) => [...visibleVars(expr)])]);
    return { ...term, body, key: this.require(term.key, inner, term.at), value: this.require(term.value, inner, term.at) as Term };
  }

  /** What was found unsafe, by place. */
  issues(): RegoIssue[] {
    const named = [...this.#unsafe].map(([name, at]) => {
      const text = writtenName(name);
      const hint = ["in", "every", "contains", "if", "not", "and", "or"].includes(text) ? ` (hint: \`import future.keywords.${text}\` to import a future keyword)` : "";
      return issueAt("rego_unsafe_var_error", at, `var ${text} is unsafe${hint}`);
    });
    if (named.length > 0) return named.sort((a, b) => a.row - b.row || a.col - b.col);
    return [...this.#unsafeExpressions.values()].map((at) => issueAt("rego_unsafe_var_error", at, "expression is unsafe"));
  }
}

function hasBody(term: Term): boolean {
  return term.kind === "comprehension" || term.kind === "template" || partsOf(term).some(hasBody);
}
