// All checks of a policy, one after the other: what would only follow from a mistake is not looked for.

import { issueAt, PolicyError, type RegoIssue } from "../issue.ts";
import type { Expr, Module, RegoVersion, Rule, Term } from "../syntax/ast.ts";
import { parseModule } from "../syntax/module-parser.ts";
import { arityOf, type BuiltinShapes, callIssues, ruleCallIssues } from "./calls.ts";
import { conflicts } from "./conflict.ts";
import { resolveModules } from "./modules.ts";
import { visibleVars } from "./outputs.ts";
import { recursions } from "./recursion.ts";
import { Resolver } from "./resolve.ts";
import type { CheckedRule, RuleTree } from "./rule-tree.ts";
import { Safety } from "./safety.ts";
import { declaredIn, Scope } from "./scope.ts";

/** How many mistakes are told at once. */
const ISSUES_MAX = 10;

function refuse(issues: readonly RegoIssue[]): void {
  if (issues.length === 0) return;
  const told = issues.slice(0, ISSUES_MAX);
  if (issues.length > ISSUES_MAX) told.push(issueAt("rego_compile_error", undefined, "error limit reached"));
  throw new PolicyError(told);
}

function parseAll(modules: Readonly<Record<string, string>>, version: RegoVersion, isBuiltin: (name: string) => boolean): Module[] {
  const parsed: Module[] = [];
  const issues: RegoIssue[] = [];
  for (const file of Object.keys(modules).sort()) {
    try {
      parsed.push(parseModule({ file, text: modules[file] as string }, version, isBuiltin));
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      issues.push(...error.issues);
    }
  }
  refuse(issues);
  return parsed;
}

/** Parses and checks modules. @throws PolicyError with what is wrong */
export function checkModules(modules: Readonly<Record<string, string>>, version: RegoVersion, builtins: BuiltinShapes): { tree: RuleTree; parsed: readonly Module[] } {
  const parsed = parseAll(modules, version, (name) => builtins(name) !== undefined);
  const { tree, issues } = resolveModules(parsed, builtins);
  refuse(issues);
  refuse(conflicts(tree, parsed));
  const nodes = [...tree.nodes()];
  refuse(nodes.flatMap(({ rules }) => rules.flatMap((rule) => ruleCallIssues(rule, tree, builtins))));
  const safety = new Safety((operator) => arityOf(operator, tree, builtins));
  for (const { rules } of nodes) for (const [at, rule] of rules.entries()) rules[at] = orderRule(rule, safety);
  refuse(safety.issues());
  refuse(recursions(tree));
  return { tree, parsed };
}

function orderRule(rule: CheckedRule, safety: Safety): CheckedRule {
  const args = new Set((rule.head.args ?? []).flatMap(varsOf));
  const ordered = orderBodies(rule, rule.dynamic, args, safety);
  return { ...rule, ...ordered.rule, dynamic: ordered.dynamic };
}

function orderBodies(rule: Rule, dynamic: readonly Term[], args: ReadonlySet<string>, safety: Safety): { rule: Rule; dynamic: readonly Term[] } {
  const { head } = rule;
  const body = safety.body(rule.body, args);
  const known = new Set([...args, ...rule.body.flatMap((expr) => [...visibleVars(expr)])]);
  const needed = (term: Term | undefined): Term | undefined => safety.require(term, known, term?.at ?? head.at);
  const steps = dynamic.map((step) => needed(step) as Term);
  const otherwise = rule.otherwise === undefined ? undefined : orderBodies(rule.otherwise, [], args, safety).rule;
  return { rule: { ...rule, body, otherwise, head: { ...head, key: needed(head.key), value: needed(head.value) } }, dynamic: steps };
}

function varsOf(term: Term): string[] {
  switch (term.kind) {
    case "var":
      return [term.name];
    case "array":
    case "set":
      return term.items.flatMap(varsOf);
    case "object":
      return term.entries.flatMap(([key, value]) => [...varsOf(key), ...varsOf(value)]);
    case "scalar":
    case "ref":
    case "comprehension":
    case "call":
    case "template":
      return [];
  }
}

/** Checks a query against a policy. @throws PolicyError with what is wrong */
export function checkQuery(body: readonly Expr[], tree: RuleTree, builtins: BuiltinShapes): readonly Expr[] {
  const resolver = new Resolver(new Map(), (name) => builtins(name) !== undefined);
  const resolved = resolver.body(body, new Scope(undefined, declaredIn(body)));
  refuse(resolver.issues);
  refuse(callIssues(resolved, [], tree, builtins));
  const safety = new Safety((operator) => arityOf(operator, tree, builtins));
  const ordered = safety.body(resolved, new Set());
  refuse(safety.issues());
  return ordered;
}
