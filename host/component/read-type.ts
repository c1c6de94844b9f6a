import { TYPE_WEIGHT_MAX } from "../contract/limits.ts";
import type { CoreType } from "../wasm/core-type.ts";
import { readRecursiveType } from "../wasm/core-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { DefinedType } from "./entity.ts";
import { article } from "./match.ts";
import { readAlias } from "./read-alias.ts";
import { addExtern, readExternType, readName } from "./read-extern.ts";
import { readDefinedValueType, readFunctionType } from "./read-value-type.ts";
import { atMost, Scope } from "./scope.ts";
import { weightOf } from "./visibility.ts";

/** Reads one type definition and appends it to the scope's type index space. */
export function readType(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  const type = readDefinition(reader, scope);
  atMost(weightOf(type), TYPE_WEIGHT_MAX, "parts of a type", start);
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
      return readDeclarations("component type", reader, scope).type();
    case 0x42: {
      const { exports, made } = readDeclarations("instance type", reader, scope);
      return { kind: "instance", exports: exports.entities, fresh: made };
    }
    case 0x3f:
      return scope.seldom.resourceType(reader, scope);
    default:
      return readDefinedValueType(opcode, reader, scope) ?? reader.fail("malformed type definition", start);
  }
}

function readDeclarations(kind: "component type" | "instance type", reader: ByteReader, parent: Scope): Scope {
  const scope = new Scope(kind, parent, parent.seldom, reader.position);
  reader.vector(`declarations of ${article(kind)}`, () => readDeclaration(reader, scope));
  return scope;
}

function readDeclaration(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  switch (reader.choice(5, "declaration")) {
    case 0x00:
      return readCoreType(reader, scope);
    case 0x01:
      return readType(reader, scope);
    case 0x02:
      return readAlias(reader, scope);
    case 0x03:
      if (scope.kind !== "component type") reader.fail("an instance type has no imports", start);
      addExtern("import", scope, readName(reader, scope), readExternType(reader, scope));
      return;
    default:
      addExtern("export", scope, readName(reader, scope), readExternType(reader, scope));
  }
}

/** Reads one core type definition and appends what it defines to the scope's core type index space. */
export function readCoreType(reader: ByteReader, scope: Scope): void {
  const space = scope.spaces["core type"];
  if (reader.skip(0x50)) space.push(scope.seldom.moduleType(reader, scope));
  else readPrefixedType(reader, space as CoreType[]);
}

/** A sub type that is not final carries a prefix here, to tell it from a module type. */
export function readPrefixedType(reader: ByteReader, types: CoreType[]): void {
  reader.skip(0x00);
  readRecursiveType(reader, types);
}
