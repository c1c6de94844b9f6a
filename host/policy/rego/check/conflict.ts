// Rules that cannot stand beside each other.

import { issueAt, type RegoIssue } from "../issue.ts";
import { placeOf } from "../source.ts";
import { makeVar, type Module, scalar, type Term } from "../syntax/ast.ts";
import { refText } from "../syntax/print.ts";
import { isMultiValue } from "../syntax/rule-parser.ts";
import { keyText } from "../value/text.ts";
import type { CheckedRule, RuleNode, RuleTree } from "./rule-tree.ts";

/** The whole ref of a rule, from `data` on. */
export function ruleRef({ prefix, dynamic, at }: CheckedRule): string {
  const constant = prefix.map((key): Term => scalar(key as string, at));
  return refText([makeVar("data", at), ...constant, ...dynamic]);
}

/** Every conflict between the rules of a tree, and between rules and packages. */
export function conflicts(tree: RuleTree, modules: readonly Module[]): RegoIssue[] {
  return [...[...tree.nodes()].flatMap((node) => nodeConflict(tree, node) ?? []), ...packageConflicts(tree, modules)];
}

function nodeConflict(tree: RuleTree, node: RuleNode): RegoIssue | undefined {
  const { rules } = node;
  const first = rules[0] as CheckedRule;
  const name = ruleRef(rules.at(-1) as CheckedRule);
  const below = [...node.children.values()].flatMap((child) => [...tree.nodes(child)].flatMap((inner) => inner.rules));
  const isGround = rules.some(({ dynamic }) => dynamic.length === 0);
  const inTheWay = isGround ? below : below.filter(({ head }) => head.args !== undefined);
  if (inTheWay.length > 0) {
    const list = inTheWay.map((rule) => `  rule ${ruleRef(rule)} at ${placeOf(rule.at)}`);
    return issueAt("rego_type_error", first.at, `rule ${name} conflicts with:\n${list.join("\n")}`);
  }
  if (mixes(rules)) return issueAt("rego_type_error", first.at, `conflicting rules ${name} found`);
  const defaults = rules.filter(({ isDefault }) => isDefault);
  if (defaults.length < 2) return undefined;
  return issueAt("rego_type_error", defaults[0]?.at, `multiple default rules ${name} found at ${defaults.map(({ at }) => placeOf(at)).join(", ")}`);
}

/** Whether rules of one place are of different kinds. */
function mixes(rules: readonly CheckedRule[]): boolean {
  const distinct = (of: (rule: CheckedRule) => unknown): boolean => new Set(rules.map(of)).size > 1;
  const isComplete = ({ head, dynamic }: CheckedRule): boolean => !isMultiValue(head) && dynamic.length === 0;
  const sets = rules.filter(({ head }) => isMultiValue(head));
  return (
    distinct(({ head }) => isMultiValue(head)) ||
    distinct(({ head }) => head.args?.length ?? 0) ||
    distinct(isComplete) ||
    new Set(sets.map(({ dynamic }) => dynamic.length === 0)).size > 1
  );
}

function packageConflicts(tree: RuleTree, modules: readonly Module[]): RegoIssue[] {
  const issues: RegoIssue[] = [];
  for (const module of modules) {
    for (let length = 1; length <= module.path.length; length += 1) {
      const node = tree.find(module.path.slice(0, length));
      const rule = node?.rules.find(({ dynamic }) => dynamic.length === 0);
      if (rule === undefined) continue;
      const path = keyText(rule.prefix.at(-1) ?? "");
      const message = `package ${module.path.join(".")} conflicts with rule ${path} defined at ${placeOf(rule.at)}`;
      issues.push(issueAt("rego_type_error", module.packageAt, message));
    }
  }
  return issues;
}
