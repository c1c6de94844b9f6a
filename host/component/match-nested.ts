import type { ModuleType } from "../wasm/module-type.ts";
import { describeCore, matchesCore } from "../wasm/module-type.ts";
import type { ComponentType, InstanceType, Replacement } from "./entity.ts";
import { newResource, Substitution } from "./entity.ts";
import type { NestedMismatch } from "./match.ts";
import { bindResources, instanceMismatch, mismatch } from "./match.ts";

/** Why one component or module cannot stand where another is asked for, or undefined when it can. */
export const nestedMismatch: NestedMismatch = (actual, expected, nested) => {
  if (actual.kind === "component") return componentMismatch(actual, expected as ComponentType, nested);
  return moduleMismatch(actual, expected as ModuleType);
};

/** Contravariant in what is imported, covariant in what is exported. */
function componentMismatch(actual: ComponentType, expected: ComponentType, nested: NestedMismatch): string | undefined {
  // The expected side's importer supplies some resources; which ones is unknown here, so each stands for itself.
  const given: InstanceType = { kind: "instance", exports: expected.imports, fresh: [] };
  const taken: Replacement = new Map();
  const open = new Set(actual.taken);
  const substitution = new Substitution(taken);
  for (const [name, entity] of actual.imports) {
    const offered = given.exports.get(name);
    if (offered === undefined) return `missing expected import \`${name}\``;
    bindResources(entity, offered, open, taken);
    const why = mismatch(offered, new Substitution(taken).entity(entity), nested);
    if (why !== undefined) return `${why} in component import \`${name}\``;
  }
  for (const resource of actual.made) taken.set(resource, newResource(resource.name));
  const made: InstanceType = { kind: "instance", exports: substitution.entities(actual.exports), fresh: [] };
  return instanceMismatch(made, { kind: "instance", exports: expected.exports, fresh: expected.made }, nested);
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
