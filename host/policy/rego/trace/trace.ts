import { REGO_TRACE_EVENTS_MAX } from "../../../contract/limits.ts";
import type { CheckedRule } from "../check/rule-tree.ts";
import type { Location } from "../source.ts";
import type { Expr } from "../syntax/ast.ts";
import { quote } from "../value/text.ts";
import type { Fields } from "../value/value.ts";
import { EvaluationProbe } from "./probe.ts";
import { dataPath } from "../value/data-path.ts";

/**
 * One thing that happened: a rule is entered or gave a value (`Exit`), an expression is evaluated or did not hold (`Fail`),
 * `trace` was called (`Note`).
 */
export interface TraceEvent {
  readonly op: "Enter" | "Eval" | "Fail" | "Exit" | "Note";
  /** How many rules and expressions are around it. */
  readonly depth: number;
  /** The rule's name, the expression as it is written, or the note. */
  readonly text: string;
  /** The name of the module; empty in a query. */
  readonly file: string;
  /** The line, from 1. */
  readonly row: number;
  /** The variables of an expression that did not hold. */
  readonly locals?: Fields;
}

/**
 * Keeps what evaluations of a policy do, in order: for one policy, until it is cleared. Evaluations are several times slower.
 *
 * @example
 * ```ts
 * const trace = new Trace();
 * const policy = compilePolicy({ modules: { "a.rego": "package a\nallow if input.age >= 18" }, probe: trace });
 * policy.evaluate("data.a.allow", { age: 17 }); // undefined
 * trace.events.map(({ op, text }) => `${op} ${text}`); // ["Enter data.a.allow", "Eval input.age >= 18", "Fail input.age >= 18"]
 * explain(trace.events, "fails"); // ["a.rego:2  Enter data.a.allow", "a.rego:2  | Fail input.age >= 18"]
 * ```
 */
export class Trace extends EvaluationProbe {
  #events: TraceEvent[] = [];
  #lost = 0;
  /** The last expression: notes have no place of their own. */
  #last: Location | undefined;

  /** What happened, up to a limit of events. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** Events beyond the limit, which were not kept. */
  get lost(): number {
    return this.#lost;
  }

  /** Forgets what happened. */
  clear(): void {
    this.#events = [];
    this.#lost = 0;
  }

  protected override enters(rule: CheckedRule, depth: number): void {
    this.#keep("Enter", depth, dataPath(rule.prefix), rule.at);
  }

  protected override exits(rule: CheckedRule, depth: number): void {
    this.#keep("Exit", depth, dataPath(rule.prefix), rule.at);
  }

  protected override evaluates(expr: Expr, depth: number): void {
    this.#last = expr.at;
    this.#keep("Eval", depth, textOf(expr), expr.at);
  }

  protected override fails(expr: Expr, depth: number, locals: Fields): void {
    this.#keep("Fail", depth, textOf(expr), expr.at, Object.keys(locals).length === 0 ? undefined : locals);
  }

  protected override notes(text: string, depth: number): void {
    this.#keep("Note", depth, quote(text), this.#last);
  }

  #keep(op: TraceEvent["op"], depth: number, text: string, at: Location | undefined, locals?: Fields): void {
    if (this.#events.length >= REGO_TRACE_EVENTS_MAX) {
      this.#lost += 1;
      return;
    }
    const event: TraceEvent = { op, depth, text, file: at?.source.file ?? "", row: at?.row ?? 0 };
    this.#events.push(locals === undefined ? event : { ...event, locals });
  }
}

const known = new WeakMap<Expr, string>();

/** An expression as it is written, on one line; inside `not` without that. */
function textOf(expr: Expr): string {
  const found = known.get(expr);
  if (found !== undefined) return found;
  const written = expr.at.source.text.slice(expr.at.offset, expr.end).replaceAll(/\s+/g, " ");
  const text = expr.negated || expr.form.kind === "not" ? written : written.replace(/^not /, "");
  known.set(expr, text);
  return text;
}
