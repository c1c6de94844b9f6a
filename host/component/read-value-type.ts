import { TYPE_MEMBERS_MAX } from "../contract/limits.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { DefinedType } from "./entity.ts";
import { isValueType } from "./entity.ts";
import { article } from "./match.ts";
import { labelProblem, uniqueKey } from "./name.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import type { CaseType, FunctionType, NamedType, PrimitiveName, ValueType } from "./type.ts";
import { defineType, factsOf, PRIMITIVES } from "./value-type.ts";

const PRIMITIVE_OPCODES: ReadonlyMap<number, PrimitiveName> = new Map(
  Object.keys(PRIMITIVES).map((name, index) => [name === "error-context" ? 0x64 : 0x7f - index, name as PrimitiveName]),
);

/** The opcode of a primitive, or undefined: what tells a definition of a value type from other definitions. */
function primitiveAt(opcode: number): ValueType | undefined {
  const name = PRIMITIVE_OPCODES.get(opcode);
  return name === undefined ? undefined : PRIMITIVES[name];
}

/** Reads a value type where one is used: a primitive, or the index of a defined value type. */
export function readValueType(reader: ByteReader, scope: Scope): ValueType {
  const start = reader.position;
  const index = reader.s33();
  if (index < 0) {
    return primitiveAt(index + 128) ?? reader.fail("malformed value type", start);
  }
  const type = scope.get("type", index, start);
  if (!isValueType(type)) invalid(`type index ${index} is not a defined value type`, start);
  return type;
}

/** Reads an optional value type. */
export function readOptional(reader: ByteReader, scope: Scope): ValueType | undefined {
  return reader.choice(2, "optional type") === 1 ? readValueType(reader, scope) : undefined;
}

/** Reads the definition of a value type behind its opcode. @returns undefined when the opcode defines something else */
export function readDefinedValueType(opcode: number, reader: ByteReader, scope: Scope): ValueType | undefined {
  const start = reader.position;
  switch (opcode) {
    case 0x72:
      return defineType({ kind: "record", fields: readFields(reader, scope, "record fields") });
    case 0x71:
      return defineType({ kind: "variant", cases: readCases(reader, scope) });
    case 0x70: {
      const element = readValueType(reader, scope);
      if (isNumber(element)) scope.seldom.needed();
      return defineType({ kind: "list", element, length: undefined });
    }
    case 0x6f: {
      const elements = many(reader, "tuple elements", 1, () => readValueType(reader, scope));
      return defineType({ kind: "tuple", elements });
    }
    case 0x6e: {
      const names = readLabels(reader, "flags");
      if (names.length > 32) invalid("cannot have more than 32 flags", start);
      scope.seldom.needed();
      return defineType({ kind: "flags", names });
    }
    case 0x6d:
      return defineType({ kind: "enum", names: readLabels(reader, "enum cases") });
    case 0x6b:
      return defineType({ kind: "option", element: readValueType(reader, scope) });
    case 0x6a:
      return defineType({ kind: "result", ok: readOptional(reader, scope), err: readOptional(reader, scope) });
    case 0x69:
    case 0x68:
    case 0x63:
    case 0x65:
    case 0x66:
    case 0x67:
      return defineType(scope.seldom.valueType(opcode, reader, scope));
    default:
      return primitiveAt(opcode);
  }
}

/** Whether a list of it is a typed array of its own kind; lists of bytes are so common that all can read them. */
function isNumber({ kind }: ValueType): boolean {
  return /^[suf]\d/.test(kind) && kind !== "u8";
}

/** Reads the index of a type that must be of one kind. */
export function readTypeIndex<K extends DefinedType["kind"]>(
  reader: ByteReader,
  scope: Scope,
  kind: K,
): Extract<DefinedType, { kind: K }> {
  const start = reader.position;
  const index = reader.u32();
  const type = scope.get("type", index, start);
  if (type.kind === kind) return type as Extract<DefinedType, { kind: K }>;
  return invalid(`type index ${index} is not ${article(kind === "func" ? "function" : kind)} type`, start);
}

function many<T>(reader: ByteReader, what: string, least: number, read: () => T): T[] {
  const start = reader.position;
  const items = reader.vector(what, read, TYPE_MEMBERS_MAX);
  if (items.length < least) invalid(`${what}: at least one is needed`, start);
  return items;
}

/** Reads a label that must differ from those in `taken`. */
function readLabel(reader: ByteReader, taken: Set<string>, what: string): string {
  const start = reader.position;
  const label = reader.name();
  const problem = label === "" ? "name cannot be empty" : labelProblem(label);
  if (problem !== undefined) invalid(problem, start);
  const key = uniqueKey(label);
  if (taken.has(key)) invalid(`${what}: \`${label}\` conflicts with previous name`, start);
  taken.add(key);
  return label;
}

function readLabels(reader: ByteReader, what: string): string[] {
  const taken = new Set<string>();
  return many(reader, what, 1, () => readLabel(reader, taken, what));
}

function readFields(reader: ByteReader, scope: Scope, what: string, least = 1): NamedType[] {
  const taken = new Set<string>();
  return many(reader, what, least, () => ({
    name: readLabel(reader, taken, what),
    type: readValueType(reader, scope),
  }));
}

function readCases(reader: ByteReader, scope: Scope): CaseType[] {
  const taken = new Set<string>();
  return many(reader, "variant cases", 1, () => {
    const name = readLabel(reader, taken, "variant cases");
    const type = readOptional(reader, scope);
    reader.expect(0x00, "variant case");
    return { name, type };
  });
}

/** Reads a function type behind its opcode. */
export function readFunctionType(opcode: number, reader: ByteReader, scope: Scope): FunctionType {
  const params = readFields(reader, scope, "function parameters", 0);
  const start = reader.position;
  const result = readResult(reader, scope);
  if (result !== undefined && factsOf(result).borrows) invalid("function result cannot contain a `borrow` type", start);
  return { kind: "func", async: opcode === 0x43, params, result };
}

/** Reads the result of a function: one type, or none. */
export function readResult(reader: ByteReader, scope: Scope): ValueType | undefined {
  if (reader.choice(2, "function results") === 0) return readValueType(reader, scope);
  reader.expect(0x00, "function results");
  return undefined;
}
