// Of many rules, those that can have a value: found by one field of the input, or one parameter, that most of them compare
// with a constant.

import { callOf, dottedName, type Expr, type Ref, rootedAt, type Term } from "../syntax/ast.ts";
import { refText } from "../syntax/print.ts";
import { type Key, keyOf, type Value } from "../value/value.ts";
import type { Definition } from "./definition.ts";
import { type Evaluate, Place, type Planner } from "./instruction.ts";
import type { Runtime } from "./runtime.ts";

/** Fewer rules than this are simply tried. */
const RULES_MIN = 4;

/** Chooses the rules to try. */
export type Candidates = (rt: Runtime, args: readonly Value[]) => readonly Definition[];

/** What is compared: a field of the input, or the parameter at a position. */
type Subject = Ref | number;

interface Condition {
  readonly subject: Subject;
  readonly constant: Value;
}

/** How to choose among rules. */
export function planCandidates(planner: Planner, definitions: readonly Definition[]): Candidates {
  if (definitions.length < RULES_MIN) return () => definitions;
  const conditions = definitions.map(conditionsOf);
  const best = commonest(conditions);
  if (best === undefined) return () => definitions;
  const others: Definition[] = [];
  const byKey = new Map<Key, Definition[]>();
  for (const [at, definition] of definitions.entries()) {
    const key = conditions[at]?.get(best.text)?.constant;
    if (key === undefined) {
      others.push(definition);
      for (const list of byKey.values()) list.push(definition);
    } else {
      const list = byKey.get(keyOf(key)) ?? [...others];
      list.push(definition);
      byKey.set(keyOf(key), list);
    }
  }
  const subject = subjectOf(planner, best.subject);
  return (rt, args) => {
    // What `with` puts in the place of a comparison may find equal what is not.
    if (rt.mocks !== undefined) return definitions;
    const value = subject(rt, args as Value[]);
    return value === undefined ? others : (byKey.get(keyOf(value)) ?? others);
  };
}

/** The value that is compared. The slot of a parameter is its position. */
function subjectOf(planner: Planner, subject: Subject): Evaluate {
  if (typeof subject !== "number") return planner.term(subject, new Place());
  return (_rt, frame) => frame[subject] as Value;
}

/** The subject that most rules have a condition for; undefined when it is not worth it. */
function commonest(conditions: readonly ReadonlyMap<string, Condition>[]): { readonly text: string; readonly subject: Subject } | undefined {
  const counts = new Map<string, { count: number; readonly subject: Subject }>();
  for (const list of conditions) {
    for (const [text, { subject }] of list) {
      const known = counts.get(text);
      if (known === undefined) counts.set(text, { count: 1, subject });
      else known.count += 1;
    }
  }
  const [best] = [...counts].sort(([, a], [, b]) => b.count - a.count);
  return best === undefined || best[1].count < RULES_MIN ? undefined : { text: best[0], subject: best[1].subject };
}

/** The conditions that must hold for a rule, by the text of what they compare. A rule with `else` is always tried. */
function conditionsOf({ rule }: Definition): ReadonlyMap<string, Condition> {
  const found = new Map<string, Condition>();
  if (rule.otherwise !== undefined) return found;
  const args = rule.head.args ?? [];
  for (const [at, arg] of args.entries()) if (arg.kind === "scalar") found.set(`parameter ${at}`, { subject: at, constant: arg.value });
  for (const expr of rule.body) {
    const [left, right] = comparedIn(expr) ?? [];
    const constant = right?.kind === "scalar" ? right : left?.kind === "scalar" ? left : undefined;
    const subject = subjectIn(constant === right ? left : right, args);
    if (constant === undefined || subject === undefined) continue;
    const text = typeof subject === "number" ? `parameter ${subject}` : refText(subject.parts);
    if (!found.has(text)) found.set(text, { subject, constant: constant.value });
  }
  return found;
}

/** The two sides of `==` or `=`. */
function comparedIn(expr: Expr): readonly Term[] | undefined {
  const call = callOf(expr);
  const name = call === undefined ? undefined : dottedName(call.operator.parts);
  const isComparison = !expr.negated && expr.withs.length === 0 && call?.args.length === 2 && (name === "equal" || name === "eq");
  return isComparison ? call.args : undefined;
}

function subjectIn(term: Term | undefined, args: readonly Term[]): Subject | undefined {
  if (term?.kind === "var") {
    const at = args.findIndex((arg) => arg.kind === "var" && arg.name === term.name);
    return at < 0 ? undefined : at;
  }
  const ref = term === undefined ? undefined : rootedAt(term, "input");
  return ref?.parts.slice(1).every(({ kind }) => kind === "scalar") === true ? ref : undefined;
}
