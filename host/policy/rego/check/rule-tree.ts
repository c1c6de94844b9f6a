import { isMultiValue } from "../syntax/rule-parser.ts";
import type { Rule, Term } from "../syntax/ast.ts";
import { type Key, keyOf, type Value } from "../value/value.ts";

/** A rule with the names in it resolved, and the scope it was found in. */
export interface CheckedRule extends Rule {
  /** Where it stands in data: its package, then what is constant of its head. */
  readonly prefix: readonly Value[];
  /** What follows in its head's ref, from the first variable on. */
  readonly dynamic: readonly Term[];
  /** The name of its module. */
  readonly file: string;
}

/** A place in data below which there are rules. */
export class RuleNode {
  readonly path: readonly Value[];
  readonly children = new Map<Key, RuleNode>();
  readonly rules: CheckedRule[] = [];
  /** Its number among all nodes: where evaluations keep its value. */
  readonly id: number;
  /** How to evaluate the rules here; set when they are first needed. */
  plan: unknown;

  constructor(path: readonly Value[], id: number) {
    this.path = path;
    this.id = id;
  }

  child(key: Value): RuleNode | undefined {
    return this.children.get(keyOf(key));
  }

  get isFunction(): boolean {
    return this.rules[0]?.head.args !== undefined;
  }

  /** The number of parameters, when it is a function. */
  get arity(): number | undefined {
    return this.rules[0]?.head.args?.length;
  }

  /** Whether it has more than one value: a set, or an object whose keys are found by evaluation. */
  get isPartial(): boolean {
    const [first] = this.rules;
    return first !== undefined && (isMultiValue(first.head) || first.dynamic.length > 0);
  }
}

/** All rules of a policy, by where they stand in data. */
export class RuleTree {
  readonly root = new RuleNode([], 0);
  size = 1;

  /** The node for a path, which is made when it is not there. */
  place(path: readonly Value[]): RuleNode {
    let node = this.root;
    for (const [index, key] of path.entries()) {
      let next = node.child(key);
      if (next === undefined) {
        next = new RuleNode(path.slice(0, index + 1), this.size);
        this.size += 1;
        node.children.set(keyOf(key), next);
      }
      node = next;
    }
    return node;
  }

  /** The node at the end of a path, or undefined. */
  find(path: readonly Value[]): RuleNode | undefined {
    let node: RuleNode | undefined = this.root;
    for (const key of path) {
      node = node.child(key);
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** All nodes with rules, from the root down. */
  *nodes(from: RuleNode = this.root): Generator<RuleNode> {
    const pending = [from];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.rules.length > 0) yield node;
      pending.push(...[...node.children.values()].reverse());
    }
  }
}

/** The constants that a ref into data begins with, and where the rest starts. The first part is `data`. */
export function constantsOf(parts: readonly Term[]): readonly Value[] {
  const path: Value[] = [];
  for (const part of parts.slice(1)) {
    if (part.kind !== "scalar") break;
    path.push(part.value);
  }
  return path;
}
