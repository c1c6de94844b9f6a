import { COMPONENT_DEPTH_MAX, COMPONENT_ITEMS_MAX, TYPE_WEIGHT_MAX } from "../contract/limits.ts";
import { DoterosError } from "../contract/error.ts";
import type { CoreType } from "../wasm/core-type.ts";
import { readCoreExtern, readRecursiveType } from "../wasm/core-type.ts";
import type { CoreExtern, ModuleType } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { ComponentType, DefinedType, InstanceType } from "./entity.ts";
import { newResource } from "./entity.ts";
import { readAlias } from "./read-alias.ts";
import { addExport, addImport, readExternType, readName } from "./read-extern.ts";
import { readDefinedValueType, readFunctionType } from "./read-value-type.ts";
import { invalid, Scope } from "./scope.ts";
import { weightOf } from "./visibility.ts";

/** Reads one type definition and appends it to the scope's type index space. */
export function readType(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  const type = readDefinition(reader, scope);
  if (weightOf(type) > TYPE_WEIGHT_MAX) {
    throw new DoterosError("limit-exceeded", `a type of more than ${TYPE_WEIGHT_MAX} parts`, { offset: start });
  }
  scope.spaces.type.push(type);
}

function readDefinition(reader: ByteReader, scope: Scope): DefinedType {
  const start = reader.position;
  const opcode = reader.byte();
  switch (opcode) {
    case 0x40:
    case 0x43:
      return readFunctionType(opcode, reader, scope);
    case 0x41:
      return readComponentType(reader, scope);
    case 0x42:
      return readInstanceType(reader, scope);
    case 0x3f:
      return readResourceType(reader, scope, start);
    default:
      return readDefinedValueType(opcode, reader, scope) ?? reader.fail("malformed type definition", start);
  }
}

/** Resources are defined in components alone: inside types they are only imported and exported. */
function readResourceType(reader: ByteReader, scope: Scope, start: number): DefinedType {
  if (scope.kind !== "component") invalid("resources can only be defined within a concrete component", start);
  if (reader.byte() !== 0x7f) invalid("resources can only be represented by `i32`", start);
  const flag = reader.byte();
  if (flag > 1) reader.fail("malformed destructor of a resource", start);
  const destructor = flag === 1 ? reader.u32() : undefined;
  if (destructor !== undefined) {
    const { params, results } = scope.get("core func", destructor, start);
    if (params.length !== 1 || params[0] !== "i32" || results.length > 0) {
      invalid("type mismatch: a destructor must have type (i32) -> ()", start);
    }
  }
  const resource = newResource();
  scope.local.add(resource);
  scope.made.push(resource);
  scope.steps.push({ op: "resource", resource, destructor });
  return resource;
}

function inner(kind: "component type" | "instance type", parent: Scope, offset: number): Scope {
  const scope = new Scope(kind, parent);
  if (scope.depth > COMPONENT_DEPTH_MAX) {
    throw new DoterosError("limit-exceeded", `types nested deeper than ${COMPONENT_DEPTH_MAX}`, { offset });
  }
  return scope;
}

function readComponentType(reader: ByteReader, parent: Scope): ComponentType {
  const scope = inner("component type", parent, reader.position);
  const count = reader.count(COMPONENT_ITEMS_MAX, "declarations of a component type");
  for (let index = 0; index < count; index++) readDeclaration(reader, scope);
  return {
    kind: "component",
    imports: scope.imports.entities,
    exports: scope.exports.entities,
    taken: scope.taken,
    made: scope.made,
  };
}

function readInstanceType(reader: ByteReader, parent: Scope): InstanceType {
  const scope = inner("instance type", parent, reader.position);
  const count = reader.count(COMPONENT_ITEMS_MAX, "declarations of an instance type");
  for (let index = 0; index < count; index++) readDeclaration(reader, scope);
  return { kind: "instance", exports: scope.exports.entities, fresh: scope.made };
}

function readDeclaration(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  switch (reader.byte()) {
    case 0x00:
      return readCoreType(reader, scope);
    case 0x01:
      return readType(reader, scope);
    case 0x02:
      return readAlias(reader, scope);
    case 0x03: {
      if (scope.kind !== "component type") reader.fail("an instance type has no imports", start);
      const name = readName(reader);
      addImport(scope, name, readExternType(reader, scope));
      return;
    }
    case 0x04: {
      const name = readName(reader);
      addExport(scope, name, readExternType(reader, scope));
      return;
    }
    default:
      reader.fail("malformed declaration", start);
  }
}

/** Reads one core type definition and appends what it defines to the scope's core type index space. */
export function readCoreType(reader: ByteReader, scope: Scope): void {
  const space = scope.spaces["core type"];
  if (reader.peek() === 0x50) {
    reader.byte();
    space.push(readModuleDeclarations(reader, scope));
    return;
  }
  // A sub type that is not final carries a prefix here, to tell it from a module type.
  if (reader.peek() === 0x00) reader.byte();
  readRecursiveType(reader, space as CoreType[]);
}

function readModuleDeclarations(reader: ByteReader, scope: Scope): ModuleType {
  const types: CoreType[] = [];
  const imports = new Map<string, Map<string, CoreExtern>>();
  const exports = new Map<string, CoreExtern>();
  const count = reader.count(COMPONENT_ITEMS_MAX, "declarations of a module type");
  for (let index = 0; index < count; index++) {
    const start = reader.position;
    switch (reader.byte()) {
      case 0x00:
        readModuleImport(reader, types, imports);
        break;
      case 0x01:
        if (reader.peek() === 0x00) reader.byte();
        readRecursiveType(reader, types);
        break;
      case 0x02:
        readModuleAlias(reader, scope, types);
        break;
      case 0x03: {
        const name = reader.name();
        if (exports.has(name)) invalid(`export name \`${name}\` already defined`, start);
        exports.set(name, readCoreExtern(reader, types));
        break;
      }
      default:
        reader.fail("malformed declaration of a module type", start);
    }
  }
  return { kind: "module", imports, exports };
}

function readModuleImport(reader: ByteReader, types: CoreType[], imports: Map<string, Map<string, CoreExtern>>): void {
  const start = reader.position;
  const module = reader.name();
  const name = reader.name();
  const type = readCoreExtern(reader, types);
  let names = imports.get(module);
  if (names === undefined) imports.set(module, (names = new Map<string, CoreExtern>()));
  if (names.has(name)) invalid(`duplicate import name \`${module}:${name}\``, start);
  names.set(name, type);
}

function readModuleAlias(reader: ByteReader, scope: Scope, types: CoreType[]): void {
  const start = reader.position;
  reader.expect(0x10, "alias in a module type");
  reader.expect(0x01, "alias in a module type");
  const levels = reader.u32();
  const index = reader.u32();
  if (levels === 0) {
    types.push(types[index] ?? invalid(`unknown type ${index}: type index out of bounds`, start));
    return;
  }
  let from: Scope | undefined = scope;
  for (let level = 1; level < levels && from !== undefined; level++) from = from.parent;
  if (from === undefined) return invalid(`invalid outer alias count of ${levels}`, start);
  const type = from.get("core type", index, start);
  if (type.kind === "module") invalid("a module type cannot be aliased within a module type", start);
  types.push(type);
}
