// Rules that would need their own value.

import { issueAt, type RegoIssue } from "../issue.ts";
import { rootedAt, type Term } from "../syntax/ast.ts";
import { walkBody, walkTerm } from "../syntax/walk.ts";
import type { Value } from "../value/value.ts";
import { ruleRef } from "./conflict.ts";
import type { CheckedRule, RuleNode, RuleTree } from "./rule-tree.ts";

/** Every rule that depends on itself, with the way back to it. */
export function recursions(tree: RuleTree): RegoIssue[] {
  const edges = new Map<RuleNode, ReadonlySet<RuleNode>>();
  for (const node of tree.nodes()) edges.set(node, dependenciesOf(node, tree));
  return [...looping(edges)].flatMap((node) => {
    const path = pathBack(node, edges);
    const rule = node.rules[0] as CheckedRule;
    const names = path.map((step) => ruleRef(step.rules[0] as CheckedRule));
    return path.length === 0 ? [] : [issueAt("rego_recursion_error", rule.at, `rule ${ruleRef(rule)} is recursive: ${names.join(" -> ")}`)];
  });
}

/** The nodes left when those that depend on nothing left are taken away again and again: circles, and what leads to them. */
function looping(edges: ReadonlyMap<RuleNode, ReadonlySet<RuleNode>>): ReadonlySet<RuleNode> {
  const waits = new Map<RuleNode, number>();
  const dependents = new Map<RuleNode, RuleNode[]>();
  for (const [node, targets] of edges) {
    waits.set(node, targets.size);
    for (const target of targets) dependents.set(target, [...(dependents.get(target) ?? []), node]);
  }
  const done = [...edges.keys()].filter((node) => waits.get(node) === 0);
  for (let node = done.pop(); node !== undefined; node = done.pop()) {
    waits.delete(node);
    for (const dependent of dependents.get(node) ?? []) {
      const left = (waits.get(dependent) ?? 0) - 1;
      waits.set(dependent, left);
      if (left === 0) done.push(dependent);
    }
  }
  return new Set(waits.keys());
}

/** A shortest way from a node back to it; empty when there is none. */
function pathBack(node: RuleNode, edges: ReadonlyMap<RuleNode, ReadonlySet<RuleNode>>): RuleNode[] {
  const from = new Map<RuleNode, RuleNode>();
  const queue = [node];
  for (const current of queue) {
    for (const target of edges.get(current) ?? []) {
      if (target === node) return trace(current, node, from);
      if (from.has(target)) continue;
      from.set(target, current);
      queue.push(target);
    }
  }
  return [];
}

function trace(last: RuleNode, node: RuleNode, from: ReadonlyMap<RuleNode, RuleNode>): RuleNode[] {
  const path = [node];
  for (let current: RuleNode | undefined = last; current !== undefined && current !== node; current = from.get(current)) path.unshift(current);
  return [node, ...path];
}

function dependenciesOf(node: RuleNode, tree: RuleTree): ReadonlySet<RuleNode> {
  const found = new Set<RuleNode>();
  const visit = (term: Term): void => {
    const ref = rootedAt(term, "data");
    if (ref !== undefined) for (const target of nodesOf(ref.parts.slice(1), tree)) found.add(target);
  };
  for (const rule of node.rules) {
    for (let part: CheckedRule | undefined = rule; part !== undefined; part = part.otherwise as CheckedRule | undefined) {
      for (const term of [...(part.head.args ?? []), ...(part.dynamic ?? []), part.head.key, part.head.value]) if (term !== undefined) walkTerm(term, visit);
      walkBody(part.body, visit);
    }
  }
  return found;
}

/** The nodes with rules that a ref into data can touch. */
function nodesOf(steps: readonly Term[], tree: RuleTree): RuleNode[] {
  let current = [tree.root];
  const found: RuleNode[] = [];
  for (const step of steps) {
    current = current.flatMap((node): readonly RuleNode[] => nextOf(node, step.kind === "scalar" ? step.value : undefined));
    found.push(...current.filter(({ rules }) => rules.length > 0));
  }
  for (const node of current) found.push(...tree.nodes(node));
  return found;
}

function nextOf(node: RuleNode, key: Value | undefined): RuleNode[] {
  if (key === undefined) return [...node.children.values()];
  const child = node.child(key);
  return child === undefined ? [] : [child];
}
