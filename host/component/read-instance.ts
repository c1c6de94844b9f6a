import type { CoreExtern, ModuleType } from "../wasm/module-type.ts";
import { describeCore, matchesCore } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { Entity, InstanceType, TypeEntity } from "./entity.ts";
import { aliasType, Substitution } from "./entity.ts";
import { coreBundle, coreInstantiating, exporting, instantiating } from "./link.ts";
import { bindResources, instantiateType, mismatch } from "./match.ts";
import type { CoreSort, Item, Sort } from "./plan.ts";
import { addExtern, addName, readExternType, readName } from "./read-extern.ts";
import { readComponentSort, readCoreSort } from "./read-sort.ts";
import type { Scope } from "./scope.ts";
import { emptyNames, invalid } from "./scope.ts";
import type { ResourceType } from "./type.ts";

/** Reads one core instance: a module instantiated, or core definitions bundled. */
export function readCoreInstance(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  if (reader.choice(2, "core instance") === 0) readCoreInstantiate(reader, scope, start);
  else readCoreBundle(reader, scope);
}

function readCoreInstantiate(reader: ByteReader, scope: Scope, start: number): void {
  const module = reader.u32();
  const type = scope.get("core module", module, start);
  const args = new Map<string, number>();
  reader.vector("arguments of a core module", () => {
    const at = reader.position;
    const name = reader.name();
    reader.expect(0x12, "argument of a core module");
    if (args.has(name)) invalid(`duplicate module instantiation argument named \`${name}\``, at);
    const instance = reader.u32();
    scope.get("core instance", instance, at);
    args.set(name, instance);
  });
  checkCoreArguments(type, args, scope, start);
  scope.spaces["core instance"].push(type.exports);
  scope.steps.push(coreInstantiating(module, args));
}

function checkCoreArguments(type: ModuleType, args: ReadonlyMap<string, number>, scope: Scope, start: number): void {
  for (const [module, names] of type.imports) {
    const instance = args.get(module);
    if (instance === undefined) return invalid(`missing module instantiation argument named \`${module}\``, start);
    const exports = scope.get("core instance", instance, start);
    const argument = `module instantiation argument \`${module}\``;
    for (const [name, expected] of names) {
      const actual = exports.get(name);
      if (actual === undefined) return invalid(`${argument} does not export an item named \`${name}\``, start);
      if (!matchesCore(actual, expected)) {
        const found = `expected ${describeCore(expected)}, found ${describeCore(actual)}`;
        invalid(`type mismatch for export \`${name}\` of ${argument}: ${found}`, start);
      }
    }
  }
}

function readCoreBundle(reader: ByteReader, scope: Scope): void {
  const exports = new Map<string, CoreExtern>();
  const items = reader.vector("exports of a core instance", (): Item => {
    const start = reader.position;
    const name = reader.name();
    if (exports.has(name)) invalid(`export name \`${name}\` already defined`, start);
    const sort = readCoreSort(reader);
    if (sort === "core type" || sort === "core module" || sort === "core instance") {
      return reader.fail(`a ${sort} cannot be exported from a core instance`, start);
    }
    const at = reader.u32();
    exports.set(name, scope.get(sort, at, start));
    return { name, sort: sort satisfies CoreSort, index: at };
  });
  scope.spaces["core instance"].push(exports);
  scope.steps.push(coreBundle(items));
}

/** Reads one instance: a component instantiated, or definitions bundled. */
export function readInstance(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  if (reader.choice(2, "instance") === 0) readInstantiate(reader, scope, start);
  else readBundle(reader, scope, start);
}

function readInstantiate(reader: ByteReader, scope: Scope, start: number): void {
  const component = reader.u32();
  const type = scope.get("component", component, start);
  const entities = new Map<string, Entity>();
  const args = reader.vector("arguments of a component", () => {
    const at = reader.position;
    const name = reader.name();
    if (entities.has(name)) invalid(`duplicate component instantiation argument named \`${name}\``, at);
    const sort = readComponentSort(reader);
    const definition = reader.u32();
    const entity = scope.entity(sort, definition, at);
    entities.set(name, entity);
    return itemOf(name, sort, definition, entity);
  });
  const made = instantiateType(type, entities, scope.made, scope.seldom.mismatch);
  if (typeof made === "string") return invalid(made, start);
  scope.weigh(made, start);
  scope.spaces.instance.push(made);
  scope.steps.push(instantiating(component, args, made));
}

function itemOf(name: string, sort: Sort | "type", index: number, entity: Entity): Item {
  if (sort !== "type") return { name, sort, index };
  return { name, sort, resource: resourceOf(entity) };
}

function resourceOf(entity: Entity): ResourceType | undefined {
  return entity.kind === "type" && entity.type.kind === "resource" ? entity.type.root : undefined;
}

function readBundle(reader: ByteReader, scope: Scope, start: number): void {
  const space = emptyNames();
  const items = reader.vector("exports of an instance", () => {
    const name = readName(reader, scope);
    const sort = readComponentSort(reader);
    const definition = reader.u32();
    const entity = scope.entity(sort, definition, name.offset);
    // A bundle gives types no new identity, and the names in it do not count where functions name their resource.
    addName(space, name, renamed(entity), "export", scope.seldom);
    space.entities.set(name.name, entity);
    return itemOf(name.name, sort, definition, entity);
  });
  const type: InstanceType = { kind: "instance", exports: space.entities, fresh: [] };
  scope.weigh(type, start);
  scope.spaces.instance.push(type);
  scope.steps.push((frame) => frame.push("instance", frame.items(items)));
}

/** A type gets a new identity with each name that a component exports it under. */
function renamed(entity: Entity): Entity {
  return entity.kind === "type" ? ({ ...entity, type: aliasType(entity.type) } satisfies TypeEntity) : entity;
}

/** Reads one export of a component. */
export function readExport(reader: ByteReader, scope: Scope): void {
  const name = readName(reader, scope);
  const start = reader.position;
  const sort = readComponentSort(reader);
  const index = reader.u32();
  const actual = scope.entity(sort, index, start);
  const ascribed = reader.choice(2, "ascribed type of an export") === 1;
  const entity = ascribed ? ascribe(actual, readExternType(reader, scope), scope, start) : renamed(actual);
  addExtern("export", scope, name, entity);
  scope.steps.push(exporting(itemOf(name.name, sort, index, actual)));
}

/** What is seen of `actual` when an export says that it is an `expected`. */
function ascribe(actual: Entity, expected: Entity, scope: Scope, offset: number): Entity {
  const replacement = new Map<ResourceType, ResourceType>();
  if (expected.kind === "instance") bindResources(expected, actual, new Set(expected.fresh), replacement);
  if (expected.kind === "type" && expected.bound === "sub" && expected.type.kind === "resource") {
    bindResources(expected, actual, new Set([expected.type]), replacement);
  }
  const seen = new Substitution(replacement).entity(expected);
  const why = mismatch(actual, seen, scope.seldom.mismatch);
  if (why !== undefined) invalid(`ascribed type of export is not compatible with item's type: ${why}`, offset);
  if (seen.kind === "instance") return { ...seen, fresh: [] };
  return seen.kind === "type" ? { ...seen, type: aliasType(seen.type), bound: "eq" } : seen;
}

