import type { ModuleType } from "../wasm/module-type.ts";
import type { ComponentType, DefinedType, Entity, InstanceType, Renaming, Replacement } from "./entity.ts";
import { isValueType, newResource, Substitution } from "./entity.ts";
import type { FunctionType, ResourceType } from "./type.ts";
import { sameType } from "./value-type.ts";

/**
 * Finds which actual resources stand for the resources in `open`, by walking an expected entity beside an actual one.
 * Names that do not fit are passed over: {@link mismatch} names them later.
 */
export function bindResources(
  expected: Entity,
  actual: Entity | undefined,
  open: ReadonlySet<ResourceType>,
  found: Replacement,
): void {
  if (actual === undefined) return;
  if (expected.kind === "type") {
    if (expected.type.kind !== "resource" || actual.kind !== "type" || actual.type.kind !== "resource") return;
    const { root } = expected.type;
    if (open.has(root) && !found.has(root)) found.set(root, actual.type);
  } else if (expected.kind === "instance" && actual.kind === "instance") {
    for (const [name, entity] of expected.exports) bindResources(entity, actual.exports.get(name), open, found);
  }
}

/** Finds which actual value types stand for those that were imported under a name. */
function bindNames(expected: Entity, actual: Entity | undefined, found: Renaming): void {
  if (expected.kind === "type" && actual?.kind === "type") {
    if (isValueType(expected.type) && isValueType(actual.type)) found.set(expected.type, actual.type);
  } else if (expected.kind === "instance" && actual?.kind === "instance") {
    for (const [name, entity] of expected.exports) bindNames(entity, actual.exports.get(name), found);
  }
}

/** The same of two components or two modules, which few components hand to each other. It calls itself for what is inside. */
export type NestedMismatch = <T extends ComponentType | ModuleType>(actual: T, expected: T, nested: NestedMismatch) => string | undefined;

/**
 * Why `actual` cannot stand where `expected` is asked for, or undefined when it can (Explainer, "subtyping").
 */
export function mismatch(actual: Entity, expected: Entity, nested: NestedMismatch): string | undefined {
  if (actual.kind !== expected.kind) return `expected ${article(expected.kind)}, found ${article(actual.kind)}`;
  switch (expected.kind) {
    case "func":
      return functionMismatch(actual as FunctionType, expected);
    case "instance":
      return instanceMismatch(actual as InstanceType, expected, nested);
    case "component":
      return nested(actual as ComponentType, expected, nested);
    case "module":
      return nested(actual as ModuleType, expected, nested);
    case "type": {
      const { type } = actual as typeof expected;
      if (expected.bound === "sub" && type.kind === "resource") return undefined;
      return definedMismatch(type, expected.type, nested);
    }
  }
}

/** A word with its indefinite article. */
export function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

function definedMismatch(actual: DefinedType, expected: DefinedType, nested: NestedMismatch): string | undefined {
  if (actual === expected) return undefined;
  if (isValueType(expected)) {
    return isValueType(actual) && sameType(actual, expected) ? undefined : `type mismatch: expected ${expected.kind}, found ${actual.kind}`;
  }
  if (expected.kind === "resource" || isValueType(actual) || actual.kind === "resource") {
    if (expected.kind === "resource" && actual.kind === "resource") {
      return actual.root === expected.root ? undefined : "type mismatch: resource types are not the same";
    }
    return `type mismatch: expected ${expected.kind}, found ${actual.kind}`;
  }
  return mismatch(actual, expected, nested) ?? mismatch(expected, actual, nested);
}

function functionMismatch(actual: FunctionType, expected: FunctionType): string | undefined {
  if (actual.async !== expected.async) return "type mismatch: one function is async, the other is not";
  if (actual.params.length !== expected.params.length) {
    return `type mismatch: expected ${expected.params.length} parameters, found ${actual.params.length}`;
  }
  for (const [index, param] of expected.params.entries()) {
    const other = actual.params[index];
    if (other?.name !== param.name) return `type mismatch: expected parameter \`${param.name}\`, found \`${other?.name}\``;
    if (!sameType(other.type, param.type)) return `type mismatch in function parameter \`${param.name}\``;
  }
  return sameType(actual.result, expected.result) ? undefined : "type mismatch with the function's result";
}

/** The same of two instances. */
export function instanceMismatch(actual: InstanceType, expected: InstanceType, nested: NestedMismatch): string | undefined {
  const found: Replacement = new Map();
  bindResources(expected, actual, new Set(expected.fresh), found);
  const substitution = new Substitution(found);
  for (const [name, entity] of expected.exports) {
    const given = actual.exports.get(name);
    if (given === undefined) return `missing expected export \`${name}\``;
    const why = mismatch(given, substitution.entity(entity), nested);
    if (why !== undefined) return `${why} in instance export \`${name}\``;
  }
  return undefined;
}

/**
 * The type of the instance that comes of instantiating `component` with `args`. The resource types that it makes anew are
 * appended to `made`.
 *
 * @returns the instance's type, or a text that says which argument is missing or does not fit
 */
export function instantiateType(
  component: ComponentType,
  args: ReadonlyMap<string, Entity>,
  made: ResourceType[],
  nested: NestedMismatch,
): InstanceType | string {
  const replacement: Replacement = new Map();
  const renaming: Renaming = new Map();
  const open = new Set(component.taken);
  for (const [name, entity] of component.imports) {
    const actual = args.get(name);
    if (actual === undefined) return `missing import named \`${name}\``;
    bindResources(entity, actual, open, replacement);
    const why = mismatch(actual, new Substitution(replacement).entity(entity), nested);
    if (why !== undefined) return `${why}, for import \`${name}\``;
    bindNames(entity, actual, renaming);
  }
  for (const resource of component.made) {
    const fresh = newResource(resource.name);
    replacement.set(resource, fresh);
    made.push(fresh);
  }
  return { kind: "instance", exports: new Substitution(replacement, renaming).entities(component.exports), fresh: [] };
}
