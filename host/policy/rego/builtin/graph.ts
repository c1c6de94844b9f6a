import { eachEntry, lookup } from "../value/object.ts";
import { isArray, RegoSet, type Value } from "../value/value.ts";
import { itemsOf } from "../value/object.ts";
import { asObject, type BuiltinFamily, type Context, wrongKind } from "./table.ts";

/** Graphs, and all values inside a value. */
export const graph: BuiltinFamily = {
  "graph.reachable": [2, reachable],
  "graph.reachable_paths": [2, reachablePaths],
  walk: [1, () => undefined, { relation: walk, isRelation: true }],
};

function starts(value: Value): readonly Value[] {
  const items = itemsOf(value);
  if (items === undefined) throw wrongKind(2, value, "{array, set}");
  return items;
}

function reachable(operand: Value, from: Value, context: Context): Value {
  const edges = asObject(operand, 1);
  const queue = [...starts(from)];
  const reached = new RegoSet();
  for (const node of queue) {
    const neighbours = lookup(edges, node);
    if (neighbours === undefined || reached.has(node)) continue;
    context.charge(1);
    reached.add(node);
    for (const neighbour of itemsOf(neighbours) ?? []) if (!reached.has(neighbour)) queue.push(neighbour);
  }
  return reached;
}

function reachablePaths(operand: Value, from: Value, context: Context): Value {
  const edges = asObject(operand, 1);
  const paths = new RegoSet();
  // A path that still grows: there may be very many, and each is a step.
  const pending: { readonly node: Value; readonly path: readonly Value[] }[] = [];
  for (const node of starts(from)) {
    const neighbours = lookup(edges, node);
    if (neighbours === undefined) continue;
    const next = itemsOf(neighbours) ?? [];
    if (next.length === 0) paths.add([node]);
    for (const neighbour of next) pending.push({ node: neighbour, path: [node] });
  }
  for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
    const { node, path } = job;
    context.charge(1 + (path.length >> 6));
    const neighbours = lookup(edges, node);
    const isKnown = new RegoSet(path);
    if (neighbours === undefined || isKnown.has(node)) {
      paths.add(path);
      continue;
    }
    const longer = [...path, node];
    const next = itemsOf(neighbours) ?? [];
    if (next.length === 0) paths.add(longer);
    for (const neighbour of next) pending.push({ node: neighbour, path: longer });
  }
  return paths;
}

/** Calls back with each value inside a value and its path, parents first, until one answers true. */
function walk(root: Value, context: Context, visit: (answer: Value) => boolean): boolean {
  // An own stack: documents are as deep as somebody made them.
  const pending: { readonly path: readonly Value[]; readonly value: Value }[] = [{ path: [], value: root }];
  for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
    const { path, value } = job;
    context.charge(1 + (path.length >> 6));
    if (visit([path, value])) return true;
    const inner: typeof pending = [];
    if (isArray(value) || typeof value === "object") {
      eachEntry(value, (key, item) => {
        inner.push({ path: [...path, key], value: item });
        return false;
      });
    }
    pending.push(...inner.reverse());
  }
  return false;
}
