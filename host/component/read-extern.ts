import type { ByteReader } from "../wasm/reader.ts";
import type { Entity, TypeEntity } from "./entity.ts";
import { aliasType, freshen, newResource } from "./entity.ts";
import type { ExternName } from "./name.ts";
import { parseName, uniqueKey, versionProblem } from "./name.ts";
import type { Sort } from "./plan.ts";
import type { NameSpace, Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import type { FunctionType, ResourceType } from "./type.ts";
import { nameTypes } from "./visibility.ts";

/** The name of an import or export, with what its attributes say of it. */
export interface NameAttributes {
  readonly name: string;
  readonly parsed: ExternName;
  /** The interface that an instance with a plain name implements. */
  readonly implements: string | undefined;
  readonly offset: number;
}

/** Reads a name with its attributes. */
export function readName(reader: ByteReader): NameAttributes {
  const offset = reader.position;
  const form = reader.byte();
  if (form > 2) reader.fail("malformed name of an import or export", offset);
  const name = reader.name();
  const parsed = parseName(name);
  if (typeof parsed === "string") invalid(`${parsed}; \`${name}\` is not a valid name`, offset);
  const attributes = form === 2 ? readAttributes(reader, name) : undefined;
  return { name, parsed, implements: attributes, offset };
}

function readAttributes(reader: ByteReader, name: string): string | undefined {
  const count = reader.count(3, "attributes of a name");
  const seen = new Set<number>();
  let implemented: string | undefined;
  for (let index = 0; index < count; index++) {
    const start = reader.position;
    const kind = reader.byte();
    if (kind > 2) reader.fail("malformed attribute of a name", start);
    if (seen.has(kind)) invalid(`the name \`${name}\` has the same attribute twice`, start);
    seen.add(kind);
    const text = reader.name();
    if (kind === 0) implemented = checkImplements(text, start);
    if (kind === 1) checkSuffix(name, text, start);
  }
  return implemented;
}

function checkImplements(text: string, offset: number): string {
  const parsed = parseName(text);
  if (typeof parsed === "string" || parsed.kind !== "interface") {
    invalid(`\`${text}\` must be an interface name${typeof parsed === "string" ? `: ${parsed}` : ""}`, offset);
  }
  return text;
}

function checkSuffix(name: string, suffix: string, offset: number): void {
  const problem = versionProblem(name.slice(name.indexOf("@") + 1) + suffix);
  if (!name.includes("@") || problem !== undefined) invalid(`the version suffix \`${suffix}\` does not fit \`${name}\``, offset);
}

/** Reads the type of an import or export. */
export function readExternType(reader: ByteReader, scope: Scope): Entity {
  const start = reader.position;
  switch (reader.byte()) {
    case 0x00: {
      reader.expect(0x11, "core module type");
      const type = scope.get("core type", reader.u32(), start);
      return type.kind === "module" ? type : invalid("core type index is not a module type", start);
    }
    case 0x01:
      return typeOfKind(reader, scope, "func", "not a function type");
    case 0x02:
      return invalid("support for component model `value`s is not enabled", start);
    case 0x03:
      return readTypeBound(reader, scope);
    case 0x04:
      return typeOfKind(reader, scope, "component", "not a component type");
    case 0x05:
      return typeOfKind(reader, scope, "instance", "not an instance type");
    default:
      return reader.fail("malformed type of an import or export", start);
  }
}

function typeOfKind(reader: ByteReader, scope: Scope, kind: "func" | "component" | "instance", problem: string): Entity {
  const start = reader.position;
  const index = reader.u32();
  const type = scope.get("type", index, start);
  return type.kind === kind ? type : invalid(`type index ${index} is ${problem}`, start);
}

function readTypeBound(reader: ByteReader, scope: Scope): TypeEntity {
  const start = reader.position;
  switch (reader.byte()) {
    case 0x00:
      return { kind: "type", type: aliasType(scope.get("type", reader.u32(), start)), bound: "eq" };
    case 0x01:
      return { kind: "type", type: newResource(), bound: "sub" };
    default:
      return reader.fail("malformed bound of a type", start);
  }
}

/** Adds an import to a scope: its name, its types and its index. @returns what was imported */
export function addImport(scope: Scope, name: NameAttributes, declared: Entity): Entity {
  scope.weigh(declared, name.offset);
  const entity = freshen(declared, scope.taken);
  addName(scope.imports, name, entity, "import");
  if (!nameTypes(entity, scope.imported)) invalid(`${entity.kind} not valid to be used as import: \`${name.name}\``, name.offset);
  nameTypes(entity, scope.visible);
  scope.push(entity);
  return entity;
}

/** Adds an export to a scope, as {@link addImport} does. Resource types that come with it count as made here. */
export function addExport(scope: Scope, name: NameAttributes, declared: Entity): Entity {
  scope.weigh(declared, name.offset);
  const entity = freshen(declared, scope.made);
  addName(scope.exports, name, entity, "export");
  // What an instance type may show is known once there is an instance: it is checked where one is imported or exported.
  if (scope.kind !== "instance type" && !nameTypes(entity, scope.visible)) invalid(`${entity.kind} not valid to be used as export: \`${name.name}\``, name.offset);
  scope.push(entity);
  return entity;
}

/** Enters a name into a name space after checking everything that names promise. */
export function addName(space: NameSpace, name: NameAttributes, entity: Entity, what: "import" | "export"): void {
  const key = uniqueKey(name.name);
  const before = space.keys.get(key);
  if (before !== undefined) {
    const clash = before === name.name ? `\`${name.name}\` already defined: it` : `\`${name.name}\``;
    invalid(`${what} name ${clash} conflicts with previous name \`${before}\``, name.offset);
  }
  space.keys.set(key, name.name);
  checkAnnotation(space, name, entity);
  if (name.implements !== undefined) {
    if (entity.kind !== "instance") invalid("only instances can have an `implements`", name.offset);
    if (name.parsed.kind !== "label") invalid(`name \`${name.name}\` is not valid with \`implements\``, name.offset);
  }
  if (entity.kind === "type" && entity.type.kind === "resource" && name.parsed.kind === "label") {
    space.resources.set(entity.type, name.parsed.label);
    entity.type.name ??= name.parsed.label;
  }
  space.entities.set(name.name, entity);
}

function checkAnnotation(space: NameSpace, { name, parsed, offset }: NameAttributes, entity: Entity): void {
  if (parsed.kind === "label" || parsed.kind === "interface") return;
  if (entity.kind !== "func") invalid(`\`${name}\` is not a func`, offset);
  if (parsed.kind === "static") {
    const known = space.entities.get(parsed.resource);
    if (known?.kind === "type" && known.type.kind === "resource") return;
    invalid("static resource name is not known in this context", offset);
  }
  const resource = parsed.kind === "constructor" ? constructed(entity, offset) : receiver(entity, offset);
  const known = space.resources.get(resource);
  if (known === undefined) invalid("resource used in function does not have a name in this context", offset);
  if (known !== parsed.resource) invalid(`function does not match expected resource name \`${known}\``, offset);
}

function constructed(type: FunctionType, offset: number): ResourceType {
  const { result } = type;
  if (result === undefined) return invalid("a constructor function should return one value", offset);
  const own = result.kind === "result" ? result.ok : result;
  if (own?.kind === "own") return own.resource;
  return invalid("a constructor function should return `(own $T)` or `(result (own $T))`", offset);
}

function receiver(type: FunctionType, offset: number): ResourceType {
  const [self] = type.params;
  if (self === undefined) return invalid("a method should have at least one argument", offset);
  if (self.name !== "self") return invalid("a method should have a first argument called `self`", offset);
  if (self.type.kind === "borrow") return self.type.resource;
  return invalid("a method should take a first argument of `(borrow $T)`", offset);
}

const SORTS = new Map<number, Sort | "type">([
  [0x01, "func"],
  [0x03, "type"],
  [0x04, "component"],
  [0x05, "instance"],
]);

/** Reads the sort of a component-level definition; of the core sorts, only modules are one. */
export function readSort(reader: ByteReader): Sort | "type" {
  const start = reader.position;
  const opcode = reader.byte();
  if (opcode === 0x00) {
    if (reader.byte() !== 0x11) reader.fail("only core modules can be handed over between components", start);
    return "core module";
  }
  if (opcode === 0x02) invalid("support for component model `value`s is not enabled", start);
  return SORTS.get(opcode) ?? reader.fail("malformed sort", start);
}
