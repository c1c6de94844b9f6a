// Calls of functions that are there, with as many operands as they take; and what `with` may replace.

import { issueAt, type RegoIssue } from "../issue.ts";
import type { Location } from "../source.ts";
import { type Call, callOf, dottedName, type Expr, rootedAt, type Term, type With } from "../syntax/ast.ts";
import { refText } from "../syntax/print.ts";
import { kindName } from "../syntax/rule-shape.ts";
import { walkBody, walkExprs, walkTerm } from "../syntax/walk.ts";
import type { ReadAnnotation } from "./annotations.ts";
import { constantsOf, type CheckedRule, type RuleTree } from "./rule-tree.ts";

/** What the checks know of a builtin. */
export interface BuiltinShape {
  readonly arity: number;
  /** Whether it has more than one result, such as `walk`. */
  readonly isRelation?: boolean;
  /** Whether it has no result, such as `print`. */
  readonly isVoid?: boolean;
  /** Reads annotations, when it answers what those say. */
  readonly readAnnotation?: ReadAnnotation;
}

/** The builtins there are, by name. */
export type BuiltinShapes = (name: string) => BuiltinShape | undefined;

/** How many operands a function takes; undefined when there is none of that name. */
export function arityOf(operator: readonly Term[], tree: RuleTree, builtins: BuiltinShapes): number | undefined {
  const [head] = operator;
  if (head?.kind === "var" && head.name === "data") {
    const path = constantsOf(operator);
    const node = path.length === operator.length - 1 ? tree.find(path) : undefined;
    return node === undefined || node.rules.length === 0 ? undefined : (node.arity ?? 0);
  }
  const name = dottedName(operator);
  return name === undefined ? undefined : builtins(name)?.arity;
}

/** What is wrong with the calls in a rule and its `else`. */
export function ruleCallIssues(rule: CheckedRule, tree: RuleTree, builtins: BuiltinShapes): RegoIssue[] {
  const { head, body, otherwise } = rule;
  const heads = [head.key, head.value, ...rule.dynamic].filter((term) => term !== undefined);
  const own = callIssues(body, heads, tree, builtins);
  return otherwise === undefined ? own : [...own, ...ruleCallIssues({ ...rule, ...otherwise, dynamic: [] }, tree, builtins)];
}

/** What is wrong with the calls in a body and in terms beside it. */
export function callIssues(body: readonly Expr[], beside: readonly Term[], tree: RuleTree, builtins: BuiltinShapes): RegoIssue[] {
  const issues: RegoIssue[] = [];
  const statements = new Map<Call, Location>();
  const collect = (expr: Expr): void => {
    const call = callOf(expr);
    if (call !== undefined) statements.set(call, expr.at);
    for (const item of expr.withs) {
      const message = withProblem(item, tree, builtins);
      if (message !== undefined) issues.push(issueAt(message.startsWith("with keyword target") ? "rego_type_error" : "rego_compile_error", item.target.at, message));
    }
  };
  walkExprs(body, collect);
  const visit = (term: Term): void => {
    if (term.kind === "comprehension") walkExprs(term.body, collect);
    if (term.kind !== "call") return;
    const at = statements.get(term);
    const issue = callIssue(term, at, tree, builtins);
    if (issue !== undefined) issues.push(issue);
  };
  for (const term of beside) {
    walkTerm(term, (part) => {
      if (part.kind === "comprehension") walkExprs(part.body, collect);
    });
    walkTerm(term, visit);
  }
  walkBody(body, visit);
  return issues;
}

function callIssue(call: Call, statementAt: Location | undefined, tree: RuleTree, builtins: BuiltinShapes): RegoIssue | undefined {
  const { operator, args } = call;
  const at = statementAt ?? call.at;
  const name = dottedName(operator.parts) ?? refText(operator.parts);
  const arity = arityOf(operator.parts, tree, builtins);
  if (arity === undefined) return issueAt("rego_type_error", at, `undefined function ${name}`);
  const isVoid = builtins(name)?.isVoid === true;
  if (isVoid) return statementAt === undefined ? issueAt("rego_type_error", at, `${name}(...) used as value`) : undefined;
  // A statement may say where the result goes; a term is the result.
  if (args.length === arity || (statementAt !== undefined && args.length === arity + 1)) return undefined;
  if (builtins(name) !== undefined) {
    const have = args.map((arg) => (arg.kind === "scalar" ? kindName(arg) : "any"));
    return issueAt("rego_type_error", at, `${name}: arity mismatch`, [`have: (${have.join(", ")})`, `want: ${arity} operand${arity === 1 ? "" : "s"}`]);
  }
  return issueAt("rego_type_error", at, `function ${name} has arity ${arity}, got ${args.length} argument${args.length === 1 ? "" : "s"}`);
}

/** Why a `with` cannot be carried out. */
function withProblem({ target }: With, tree: RuleTree, builtins: BuiltinShapes): string | undefined {
  if (rootedAt(target, "input") !== undefined) return undefined;
  const inData = rootedAt(target, "data");
  if (inData !== undefined) {
    let node = tree.root;
    for (const part of inData.parts.slice(1, -1)) {
      const child = part.kind === "scalar" ? node.child(part.value) : undefined;
      if (child === undefined) return undefined;
      if (child.rules.length > 0) return "with keyword cannot partially replace virtual document(s)";
      node = child;
    }
    return undefined;
  }
  const name = dottedName(target.kind === "ref" ? target.parts : [target]) ?? "";
  const builtin = builtins(name);
  if (builtin === undefined) return "with keyword target must reference existing input, data, or a function";
  const problem = "with keyword replacing built-in function:";
  if (name === "eq" || name.startsWith("rego.metadata.")) return `${problem} replacement of "${name}" invalid`;
  if (name.startsWith("internal.")) return `${problem} replacement of internal function "${name}" invalid`;
  if (builtin.isRelation === true) return `${problem} target must not be a relation`;
  return builtin.isVoid === true ? `${problem} target must not be a void function` : undefined;
}
