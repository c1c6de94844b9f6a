// Parts of documents by their paths: json.filter, json.remove and JSON Patch.

import { lookup, ObjectBuilder, objectOf } from "../value/object.ts";
import { isArray, isObject, kindOf, RegoSet, sameValue, sortedEntries, type Value } from "../value/value.ts";
import { valueText } from "../value/text.ts";
import { asArray, asObject, type BuiltinFamily, Failure, wrongKind, wrongOperand } from "./table.ts";

/** Parts of documents by their paths. */
export const jsonPath: BuiltinFamily = {
  "json.filter": [2, (value: Value, paths: Value) => select(asObject(value, 1), pathTree(paths))],
  "json.remove": [2, (value: Value, paths: Value) => without(asObject(value, 1), pathTree(paths))],
  "json.patch": [2, patch],
};

/** Paths as a tree: null where one ends. */
type PathTree = null | ReadonlyPaths;
interface ReadonlyPaths {
  get(key: Value): PathTree | undefined;
}

class Paths {
  readonly #children = new ObjectBuilder();
  readonly #trees: PathTree[] = [];

  get(key: Value): PathTree | undefined {
    const index = this.#children.get(key);
    return index === undefined ? undefined : this.#trees[index as number];
  }

  /** Adds a path. What is below the end of another one is part of it already. */
  add(path: readonly Value[]): void {
    const [key, ...rest] = path;
    if (key === undefined) return;
    const known = this.get(key);
    if (known === null) return;
    if (rest.length === 0) return this.#put(key, null);
    if (known instanceof Paths) return known.add(rest);
    const inner = new Paths();
    inner.add(rest);
    return this.#put(key, inner);
  }

  #put(key: Value, tree: PathTree): void {
    this.#children.set(key, this.#trees.length);
    this.#trees.push(tree);
  }
}

function pathTree(operand: Value): PathTree {
  if (!isArray(operand) && !(operand instanceof RegoSet)) throw wrongKind(2, operand, "set", "array");
  const tree = new Paths();
  for (const item of isArray(operand) ? operand : operand.sorted()) tree.add(pathOf(item));
  return tree;
}

/** A path: an array of keys, or a JSON pointer whose first slash may be missing. */
function pathOf(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  if (typeof value !== "string") {
    throw wrongOperand(2, `must be one of {set, array} containing string paths or array of path segments but got ${kindOf(value)}`);
  }
  if (value === "") return [];
  return value.replace(/^\/+/, "").split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function select(value: Value, tree: PathTree): Value | undefined {
  if (tree === null) return value;
  if (isArray(value)) {
    return value.flatMap((item, index) => {
      const inner = tree.get(String(index));
      const kept = inner === undefined ? undefined : select(item, inner);
      return kept === undefined ? [] : [kept];
    });
  }
  if (value instanceof RegoSet) {
    return new RegoSet(value.sorted().flatMap((member) => {
      const inner = tree.get(member);
      const kept = inner === undefined ? undefined : select(member, inner);
      return kept === undefined ? [] : [kept];
    }));
  }
  if (!isObject(value)) return value;
  return objectOf(sortedEntries(value).flatMap(([key, item]) => {
    const inner = tree.get(key);
    const kept = inner === undefined ? undefined : select(item, inner);
    return kept === undefined ? [] : [[key, kept] as const];
  }));
}

function without(value: Value, tree: PathTree | undefined): Value | undefined {
  if (tree === undefined) return value;
  if (tree === null) return undefined;
  if (isArray(value)) {
    return value.flatMap((item, index) => {
      const left = without(item, tree.get(String(index)));
      return left === undefined ? [] : [left];
    });
  }
  if (value instanceof RegoSet) {
    return new RegoSet(value.sorted().flatMap((member) => {
      const left = without(member, tree.get(member));
      return left === undefined ? [] : [left];
    }));
  }
  if (!isObject(value)) return value;
  return objectOf(sortedEntries(value).flatMap(([key, item]) => {
    const left = without(item, tree.get(key));
    return left === undefined ? [] : [[key, left] as const];
  }));
}

function patch(document: Value, operations: Value): Value {
  let result: Value = document;
  for (const operation of asArray(operations, 2)) {
    if (!isObject(operation)) throw new Failure("must be an array of JSON-Patch objects, but at least one element is not an object");
    result = apply(result, operation);
  }
  return result;
}

function attribute(operation: Value, name: string): Value {
  const value = lookup(operation, name);
  if (value === undefined) throw new Failure(`missing required attribute '${name}'`);
  return value;
}

function apply(document: Value, operation: Value): Value {
  const target = attribute(operation, "path");
  const op = attribute(operation, "op");
  if (typeof op !== "string") throw new Failure(`attribute 'op' must be a string but found: ${kindOf(op)}`);
  const path = pathOf(target);
  switch (op) {
    case "add":
      return insert(document, path, attribute(operation, "value"));
    case "remove":
      return drop(document, path);
    case "replace":
      return insert(path.length === 0 ? document : drop(document, path), path, attribute(operation, "value"));
    case "move": {
      const from = pathOf(attribute(operation, "from"));
      const value = at(document, from);
      return insert(drop(document, from), path, value);
    }
    case "copy":
      return insert(document, path, at(document, pathOf(attribute(operation, "from"))));
    case "test": {
      const found = at(document, path);
      const wanted = attribute(operation, "value");
      if (sameValue(found, wanted)) return document;
      throw new Failure(`value from EditTree != patch value.\n\nExpected: ${valueText(wanted)}\n\nFound: ${valueText(found)}`);
    }
    default:
      throw new Failure(`unrecognized op: '${op}'`);
  }
}

/** The position in an array that a path's step says; `-` is behind the last item. */
function indexOf(items: readonly Value[], key: Value, behind: boolean): number {
  const text = typeof key === "number" ? String(key) : key;
  if (text === "-" && behind) return items.length;
  if (typeof text !== "string" || !/^(?:0|[1-9]\d*)$/.test(text)) throw new Failure(`invalid array index: ${valueText(key)}`);
  const index = Number(text);
  if (index >= items.length + Number(behind)) throw new Failure(`index ${index} is out of bounds of an array of ${items.length}`);
  return index;
}

function step(container: Value, key: Value): Value {
  const found = isArray(container) ? container[indexOf(container, key, false)] : lookup(container, key);
  if (found === undefined) throw new Failure(`path ${valueText(key)} does not exist`);
  return found;
}

function at(document: Value, path: readonly Value[]): Value {
  let found = document;
  for (const key of path) found = step(found, key);
  return found;
}

/** A container with what an edit makes of the value under a key; undefined takes it away. */
function edit(container: Value, key: Value, change: (old: Value) => Value | undefined): Value {
  const old = step(container, key);
  const value = change(old);
  if (isArray(container)) {
    const index = indexOf(container, key, false);
    return value === undefined ? container.filter((_, place) => place !== index) : container.with(index, value);
  }
  if (container instanceof RegoSet) {
    const others = container.sorted().filter((member) => !sameValue(member, key));
    return new RegoSet(value === undefined ? others : [...others, value]);
  }
  if (!isObject(container)) throw new Failure(`path ${valueText(key)} goes into a ${kindOf(container)}`);
  const others = sortedEntries(container).filter(([known]) => !sameValue(known, key));
  return objectOf(value === undefined ? others : [...others, [key, value] as const]);
}

function drop(document: Value, path: readonly Value[]): Value {
  const [key, ...rest] = path;
  if (key === undefined) throw new Failure("the whole document cannot be removed");
  return edit(document, key, (old) => (rest.length === 0 ? undefined : drop(old, rest)));
}

function insert(document: Value, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (rest.length > 0) return edit(document, key, (old) => insert(old, rest, value));
  if (isArray(document)) return document.toSpliced(indexOf(document, key, true), 0, value);
  if (document instanceof RegoSet) {
    if (!sameValue(key, value)) throw new Failure("a member of a set is added under itself");
    return new RegoSet([...document.members(), value]);
  }
  if (!isObject(document)) throw new Failure(`path ${valueText(key)} goes into a ${kindOf(document)}`);
  return objectOf([...sortedEntries(document), [key, value]]);
}
