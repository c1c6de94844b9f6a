import { arityOf } from "./check/calls.ts";
import { visibleVars } from "./check/outputs.ts";
import { callOf, dottedName, equationOf, type Expr, makeVar, named, termExpr } from "./syntax/ast.ts";
import type { Fields, Value } from "./value/value.ts";
import type { Planner } from "./plan/instruction.ts";
import type { Runtime } from "./plan/runtime.ts";
import { planBindings } from "./query.ts";

/** One answer to a query, in the shape that Open Policy Agent reports. */
export interface Answer {
  /** The expressions as they stand in the query, each with its value: true for those that only hold. */
  readonly expressions: readonly { readonly value: Value; readonly text: string; readonly location: { readonly row: number; readonly col: number } }[];
  /** The values of the variables; not there when the query has none. */
  readonly bindings?: Fields;
}

/** An expression of a query, and the name of the variable that its value is in; undefined when it only holds. */
interface Kept {
  readonly expr: Expr;
  readonly name: string | undefined;
}

/** Plans a query with the values of its expressions. */
export function planAnswers(planner: Planner, body: readonly Expr[]): (rt: Runtime) => Answer[] {
  const kept = body.map((expr, at): Kept => ({ expr, name: hasValue(expr, planner) ? `answer ${at}` : undefined }));
  // False is an answer to a question; one of several conditions it is not.
  const mustHold = body.length > 1 || body.some((expr) => visibleVars(expr).size > 0);
  const find = planBindings(planner, kept.flatMap((one) => withValue(one, mustHold)));
  const written = kept.toSorted((a, b) => a.expr.at.offset - b.expr.at.offset);
  return (rt) => find(rt).map((fields) => answerOf(written, fields));
}

/** Whether an expression is a term whose value is not spoken of: no equation, and no call that says where its result goes or has none. */
function hasValue(expr: Expr, { tree, builtins }: Planner): boolean {
  if (expr.form.kind !== "term" || expr.negated || equationOf(expr) !== undefined) return false;
  const call = callOf(expr);
  if (call === undefined) return true;
  if (builtins[dottedName(call.operator.parts) ?? ""]?.isVoid === true) return false;
  return call.args.length === arityOf(call.operator.parts, tree, (name) => builtins[name]);
}

/** The expression with its value in a variable; then, if it must, that this is not false. */
function withValue({ expr, name }: Kept, mustHold: boolean): Expr[] {
  if (name === undefined) return [expr];
  return mustHold ? [named(expr, name), { ...termExpr(makeVar(name, expr.at)), end: expr.end }] : [named(expr, name)];
}

function answerOf(written: readonly Kept[], fields: Fields): Answer {
  const expressions = written.map(({ expr: { at, end }, name }) => ({
    value: name === undefined ? true : (fields[name] as Value),
    text: at.source.text.slice(at.offset, end),
    location: { row: at.row, col: at.col },
  }));
  const own = new Set(written.map(({ name }) => name));
  const bindings = Object.fromEntries(Object.entries(fields).filter(([name]) => !own.has(name)));
  return Object.keys(bindings).length === 0 ? { expressions } : { expressions, bindings };
}
