import { DoterosError } from "../contract/error.ts";
import { COMPONENT_ITEMS_MAX, TYPE_MEMBERS_MAX } from "../contract/limits.ts";
import type { CoreExtern, CoreFunctionType, CoreValueType, Limits } from "./module-type.ts";
import type { ByteReader } from "./reader.ts";

/** A core type that is not a function: a struct, an array. Only its place in the index space matters here. */
export interface OtherCoreType {
  readonly kind: "other";
}

/** An entry of a core module's type index space. */
export type CoreType = CoreFunctionType | OtherCoreType;

const OTHER: OtherCoreType = { kind: "other" };

const VALUE_TYPES = new Map<number, CoreValueType>([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
]);

const HEAP_TYPES = new Map<number, string>([
  [0x74, "noexn"],
  [0x73, "nofunc"],
  [0x72, "noextern"],
  [0x71, "none"],
  [0x70, "func"],
  [0x6f, "extern"],
  [0x6e, "any"],
  [0x6d, "eq"],
  [0x6c, "i31"],
  [0x6b, "struct"],
  [0x6a, "array"],
  [0x69, "exn"],
]);

/** Reads a core value type. */
export function readValueType(reader: ByteReader): CoreValueType {
  const start = reader.position;
  const opcode = reader.byte();
  const simple = VALUE_TYPES.get(opcode);
  if (simple !== undefined) return simple;
  const heap = HEAP_TYPES.get(opcode);
  if (heap !== undefined) return `${heap}ref`;
  if (opcode === 0x63) return nullable(readHeapType(reader));
  if (opcode === 0x64) return `(ref ${readHeapType(reader)})`;
  return reader.fail("malformed core value type", start);
}

function nullable(heap: string): string {
  return /^\d/.test(heap) ? `(ref null ${heap})` : `${heap}ref`;
}

function readHeapType(reader: ByteReader): string {
  const start = reader.position;
  const index = reader.s33();
  if (index >= 0) return String(index);
  return HEAP_TYPES.get(index + 128) ?? reader.fail("malformed heap type", start);
}

/** Reads a recursive group, a sub type or a plain type, and appends what it defines to `types`. */
export function readRecursiveType(reader: ByteReader, types: CoreType[]): void {
  if (reader.peek() !== 0x4e) {
    types.push(readSubType(reader));
    return;
  }
  reader.byte();
  const count = reader.count(COMPONENT_ITEMS_MAX, "types");
  for (let index = 0; index < count; index++) types.push(readSubType(reader));
}

function readSubType(reader: ByteReader): CoreType {
  const opcode = reader.peek();
  if (opcode !== 0x50 && opcode !== 0x4f) return readCompositeType(reader);
  reader.byte();
  const supertypes = reader.count(1, "supertypes");
  for (let index = 0; index < supertypes; index++) reader.u32();
  return readCompositeType(reader);
}

function readCompositeType(reader: ByteReader): CoreType {
  const start = reader.position;
  switch (reader.byte()) {
    case 0x60:
      return { kind: "func", params: readValueTypes(reader), results: readValueTypes(reader) };
    case 0x5f: {
      const fields = reader.count(TYPE_MEMBERS_MAX, "fields");
      for (let index = 0; index < fields; index++) readField(reader);
      return OTHER;
    }
    case 0x5e:
      readField(reader);
      return OTHER;
    default:
      return reader.fail("malformed core type", start);
  }
}

function readField(reader: ByteReader): void {
  const opcode = reader.peek();
  if (opcode === 0x78 || opcode === 0x77) reader.byte();
  else readValueType(reader);
  reader.byte();
}

function readValueTypes(reader: ByteReader): CoreValueType[] {
  const count = reader.count(TYPE_MEMBERS_MAX, "core value types");
  const types: CoreValueType[] = [];
  for (let index = 0; index < count; index++) types.push(readValueType(reader));
  return types;
}

/** Reads the type of an import or export: a byte for its sort, then its type. `types` is the module's type index space. */
export function readCoreExtern(reader: ByteReader, types: readonly unknown[]): CoreExtern {
  const start = reader.position;
  switch (reader.byte()) {
    case 0x00:
      return functionTypeAt(reader, types);
    case 0x01:
      return readTable(reader);
    case 0x02:
      return readMemory(reader);
    case 0x03:
      return readGlobal(reader);
    case 0x04:
      reader.expect(0x00, "tag attribute");
      return { kind: "tag", type: functionTypeAt(reader, types) };
    default:
      return reader.fail("malformed sort of a core import or export", start);
  }
}

/** Reads an index into `types`, which must be that of a function type. */
export function functionTypeAt(reader: ByteReader, types: readonly unknown[]): CoreFunctionType {
  const start = reader.position;
  const type = types[reader.u32()];
  if (typeof type === "object" && type !== null && "kind" in type && type.kind === "func") return type as CoreFunctionType;
  return reader.fail("unknown type: the index is not that of a core function type", start);
}

/** Reads a table type. */
export function readTable(reader: ByteReader): CoreExtern {
  const element = readValueType(reader);
  return { kind: "table", element, limits: readLimits(reader).limits };
}

/** Reads a memory type. */
export function readMemory(reader: ByteReader): CoreExtern {
  const { limits, flags } = readLimits(reader);
  const pageBits = flags & 8 ? reader.u32() : 16;
  const most = 2 ** ((limits.wide ? 64 : 32) - pageBits);
  if (limits.min > most || (limits.max ?? 0) > most) {
    throw new DoterosError("invalid", `memory size must be at most ${most} pages`, { offset: reader.position });
  }
  return { kind: "memory", limits, pageBits };
}

/** Reads a global type. */
export function readGlobal(reader: ByteReader): CoreExtern {
  const type = readValueType(reader);
  const start = reader.position;
  const flag = reader.byte();
  if (flag > 1) reader.fail("malformed mutability", start);
  return { kind: "global", type, mutable: flag === 1 };
}

function readLimits(reader: ByteReader): { limits: Limits; flags: number } {
  const start = reader.position;
  const flags = reader.byte();
  if (flags > 15) reader.fail("malformed limits flags", start);
  const wide = (flags & 4) !== 0;
  const min = wide ? reader.u64() : reader.u32();
  const max = flags & 1 ? (wide ? reader.u64() : reader.u32()) : undefined;
  return { limits: { min, max, shared: (flags & 2) !== 0, wide }, flags };
}
