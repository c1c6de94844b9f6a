import type { ByteReader } from "../wasm/reader.ts";
import type { Entity } from "./entity.ts";
import { aliasType, freshen, newResource } from "./entity.ts";
import type { ExternName } from "./name.ts";
import { parseName, uniqueKey } from "./name.ts";
import { readTypeIndex } from "./read-value-type.ts";
import type { NameSpace, Scope, SeldomRead } from "./scope.ts";
import { invalid, noValues } from "./scope.ts";
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
export function readName(reader: ByteReader, scope: Scope): NameAttributes {
  const offset = reader.position;
  const form = reader.choice(3, "name of an import or export");
  const name = reader.name();
  const parsed = parseName(name);
  if (typeof parsed === "string") invalid(`${parsed}; \`${name}\` is not a valid name`, offset);
  const attributes = form === 2 ? scope.seldom.attributes(reader, name) : undefined;
  return { name, parsed, implements: attributes, offset };
}

/** Reads the type of an import or export. */
export function readExternType(reader: ByteReader, scope: Scope): Entity {
  const start = reader.position;
  switch (reader.choice(6, "type of an import or export")) {
    case 0x00: {
      reader.expect(0x11, "core module type");
      const type = scope.get("core type", reader.u32(), start);
      return type.kind === "module" ? type : invalid("core type index is not a module type", start);
    }
    case 0x01:
      return readTypeIndex(reader, scope, "func");
    case 0x02:
      return noValues(start);
    case 0x03: {
      const at = reader.position;
      const isBound = reader.choice(2, "bound of a type") === 0;
      if (!isBound) {
        scope.seldom.needed();
        return { kind: "type", type: newResource(), bound: "sub" };
      }
      return { kind: "type", type: aliasType(scope.get("type", reader.u32(), at)), bound: "eq" };
    }
    case 0x04:
      return readTypeIndex(reader, scope, "component");
    default:
      return readTypeIndex(reader, scope, "instance");
  }
}

/**
 * Adds an import or export to a scope: its name, its types and its index. Resource types that come with an export count as
 * made here.
 *
 * @returns what was imported or exported
 */
export function addExtern(what: "import" | "export", scope: Scope, name: NameAttributes, declared: Entity): Entity {
  const imports = what === "import";
  scope.weigh(declared, name.offset);
  const entity = freshen(declared, imports ? scope.taken : scope.made);
  addName(imports ? scope.imports : scope.exports, name, entity, what, scope.seldom);
  // What an instance type may show is known once there is an instance: it is checked where one is imported or exported.
  const named = imports ? nameTypes(entity, scope.imported) : scope.kind === "instance type" || nameTypes(entity, scope.visible);
  if (!named) invalid(`${entity.kind} not valid to be used as ${what}: \`${name.name}\``, name.offset);
  if (imports) nameTypes(entity, scope.visible);
  scope.push(entity);
  return entity;
}

/** Enters a name into a name space after checking everything that names promise. */
export function addName(space: NameSpace, name: NameAttributes, entity: Entity, what: "import" | "export", seldom: SeldomRead): void {
  const key = uniqueKey(name.name);
  const before = space.keys.get(key);
  if (before !== undefined) {
    const clash = before === name.name ? `\`${name.name}\` already defined: it` : `\`${name.name}\``;
    invalid(`${what} name ${clash} conflicts with previous name \`${before}\``, name.offset);
  }
  space.keys.set(key, name.name);
  const { parsed } = name;
  if (parsed.kind !== "label" && parsed.kind !== "interface") seldom.checkMember(space, name.name, parsed, entity, name.offset);
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
