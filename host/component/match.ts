import type { ModuleType } from "../wasm/module-type.ts";
import { describeCore, matchesCore } from "../wasm/module-type.ts";
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

/**
 * Why `actual` cannot stand where `expected` is asked for, or undefined when it can (Explainer, "subtyping").
 */
export function mismatch(actual: Entity, expected: Entity): string | undefined {
  if (actual.kind !== expected.kind) return `expected ${article(expected.kind)}, found ${article(actual.kind)}`;
  switch (expected.kind) {
    case "func":
      return functionMismatch(actual as FunctionType, expected);
    case "instance":
      return instanceMismatch(actual as InstanceType, expected);
    case "component":
      return componentMismatch(actual as ComponentType, expected);
    case "module":
      return moduleMismatch(actual as ModuleType, expected);
    case "type": {
      const { type } = actual as typeof expected;
      if (expected.bound === "sub" && type.kind === "resource") return undefined;
      return definedMismatch(type, expected.type);
    }
  }
}

/** A word with its indefinite article. */
export function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

function definedMismatch(actual: DefinedType, expected: DefinedType): string | undefined {
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
  return mismatch(actual, expected) ?? mismatch(expected, actual);
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

function instanceMismatch(actual: InstanceType, expected: InstanceType): string | undefined {
  const found: Replacement = new Map();
  bindResources(expected, actual, new Set(expected.fresh), found);
  const substitution = new Substitution(found);
  for (const [name, entity] of expected.exports) {
    const given = actual.exports.get(name);
    if (given === undefined) return `missing expected export \`${name}\``;
    const why = mismatch(given, substitution.entity(entity));
    if (why !== undefined) return `${why} in instance export \`${name}\``;
  }
  return undefined;
}

/** Contravariant in what is imported, covariant in what is exported. */
function componentMismatch(actual: ComponentType, expected: ComponentType): string | undefined {
  // The expected side's importer supplies some resources; which ones is unknown here, so each stands for itself.
  const given: InstanceType = { kind: "instance", exports: expected.imports, fresh: [] };
  const taken: Replacement = new Map();
  const open = new Set(actual.taken);
  const substitution = new Substitution(taken);
  for (const [name, entity] of actual.imports) {
    const offered = given.exports.get(name);
    if (offered === undefined) return `missing expected import \`${name}\``;
    bindResources(entity, offered, open, taken);
    const why = mismatch(offered, new Substitution(taken).entity(entity));
    if (why !== undefined) return `${why} in component import \`${name}\``;
  }
  for (const resource of actual.made) taken.set(resource, newResource(resource.name));
  const made: InstanceType = { kind: "instance", exports: substitution.entities(actual.exports), fresh: [] };
  return instanceMismatch(made, { kind: "instance", exports: expected.exports, fresh: expected.made });
}

function moduleMismatch(actual: ModuleType, expected: ModuleType): string | undefined {
  for (const [module, names] of actual.imports) {
    for (const [name, type] of names) {
      const offered = expected.imports.get(module)?.get(name);
      if (offered === undefined) return `missing expected import \`${module}::${name}\``;
      if (!matchesCore(offered, type)) return `type mismatch in import \`${module}::${name}\``;
    }
  }
  for (const [name, type] of expected.exports) {
    const offered = actual.exports.get(name);
    if (offered === undefined) return `missing expected export \`${name}\``;
    if (!matchesCore(offered, type)) {
      return `type mismatch in export \`${name}\`: expected ${describeCore(type)}, found ${describeCore(offered)}`;
    }
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
): InstanceType | string {
  const replacement: Replacement = new Map();
  const renaming: Renaming = new Map();
  const open = new Set(component.taken);
  for (const [name, entity] of component.imports) {
    const actual = args.get(name);
    if (actual === undefined) return `missing import named \`${name}\``;
    bindResources(entity, actual, open, replacement);
    const why = mismatch(actual, new Substitution(replacement).entity(entity));
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
