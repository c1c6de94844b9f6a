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

const VALUE_TYPES = opcodes(0x7f, "i32 i64 f32 f64 v128");
const HEAP_TYPES = opcodes(0x74, "noexn nofunc noextern none func extern any eq i31 struct array exn");

/** Names by opcode, from one opcode downwards. */
function opcodes(first: number, names: string): ReadonlyMap<number, string> {
  return new Map(names.split(" ").map((name, index) => [first - index, name]));
}

/** Reads a core value type. */
export function readValueType(reader: ByteReader): CoreValueType {
  const start = reader.position;
  const opcode = reader.byte();
  if (opcode === 0x64) return `(ref ${readHeapType(reader)})`;
  if (opcode === 0x63) {
    const heap = readHeapType(reader);
    return /^\d/.test(heap) ? `(ref null ${heap})` : `${heap}ref`;
  }
  const heap = HEAP_TYPES.get(opcode);
  return VALUE_TYPES.get(opcode) ?? (heap === undefined ? reader.fail("malformed core value type", start) : `${heap}ref`);
}

function readHeapType(reader: ByteReader): string {
  const start = reader.position;
  const index = reader.s33();
  if (index >= 0) return String(index);
  return HEAP_TYPES.get(index + 128) ?? reader.fail("malformed heap type", start);
}

/** Reads a recursive group, a sub type or a plain type, and appends what it defines to `types`. */
export function readRecursiveType(reader: ByteReader, types: CoreType[]): void {
  if (!reader.skip(0x4e)) {
    types.push(readSubType(reader));
    return;
  }
  for (let count = reader.count(COMPONENT_ITEMS_MAX, "types"); count > 0; count--) types.push(readSubType(reader));
}

function readSubType(reader: ByteReader): CoreType {
  if (reader.skip(0x50) || reader.skip(0x4f)) reader.vector("supertypes", () => reader.u32(), 1);
  const start = reader.position;
  switch (reader.byte()) {
    case 0x60:
      return { kind: "func", params: readValueTypes(reader), results: readValueTypes(reader) };
    case 0x5f:
      reader.vector("fields", () => readField(reader), TYPE_MEMBERS_MAX);
      return OTHER;
    case 0x5e:
      readField(reader);
      return OTHER;
    default:
      return reader.fail("malformed core type", start);
  }
}

/** Reads the type of a field of a struct or an array. */
export function readField(reader: ByteReader): void {
  if (!reader.skip(0x78) && !reader.skip(0x77)) readValueType(reader);
  reader.byte();
}

function readValueTypes(reader: ByteReader): CoreValueType[] {
  return reader.vector("core value types", () => readValueType(reader), TYPE_MEMBERS_MAX);
}

/** Reads the type of an import or export: a byte for its sort, then its type. `types` is the module's type index space. */
export function readCoreExtern(reader: ByteReader, types: readonly unknown[]): CoreExtern {
  switch (reader.choice(5, "sort of a core import or export")) {
    case 0:
      return functionTypeAt(reader, types);
    case 1:
      return readTable(reader);
    case 2:
      return readMemory(reader);
    case 3:
      return readGlobal(reader);
    default:
      return readTag(reader, types);
  }
}

/** Reads an index into `types`, which must be that of a function type. */
export function functionTypeAt(reader: ByteReader, types: readonly unknown[]): CoreFunctionType {
  const start = reader.position;
  const type = types[reader.u32()] as Partial<CoreFunctionType> | undefined;
  if (type?.kind === "func") return type as CoreFunctionType;
  return reader.fail("unknown type: the index is not that of a core function type", start);
}

/** Reads a tag type. */
export function readTag(reader: ByteReader, types: readonly unknown[]): CoreExtern {
  reader.expect(0x00, "tag attribute");
  return { kind: "tag", type: functionTypeAt(reader, types) };
}

/** Reads a table type. */
export function readTable(reader: ByteReader): CoreExtern {
  return { kind: "table", element: readValueType(reader), limits: readLimits(reader).limits };
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
  return { kind: "global", type: readValueType(reader), mutable: reader.choice(2, "mutability") === 1 };
}

function readLimits(reader: ByteReader): { limits: Limits; flags: number } {
  const flags = reader.choice(16, "limits flags");
  const wide = (flags & 4) !== 0;
  const bound = (): number => (wide ? reader.u64() : reader.u32());
  return { limits: { min: bound(), max: flags & 1 ? bound() : undefined, shared: (flags & 2) !== 0, wide }, flags };
}
