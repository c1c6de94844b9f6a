import type { ByteReader } from "../wasm/reader.ts";
import { readOptional, readTypeIndex, readValueType } from "./read-value-type.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import type { PrimitiveName, ValueType } from "./type.ts";
import { factsOf, PRIMITIVES } from "./value-type.ts";

/** The types that the key of a map may not have, though they are primitive. */
const NO_KEYS: ReadonlySet<string> = new Set<PrimitiveName>(["f32", "f64", "error-context"]);

/** Reads a handle, a map, a list of fixed length, a stream or a future behind its opcode. */
export function readSeldomType(opcode: number, reader: ByteReader, scope: Scope): ValueType {
  const start = reader.position;
  if (opcode === 0x69 || opcode === 0x68) {
    return { kind: opcode === 0x69 ? "own" : "borrow", resource: readTypeIndex(reader, scope, "resource") };
  }
  if (opcode === 0x63) {
    const key = readValueType(reader, scope);
    if (!(key.kind in PRIMITIVES) || NO_KEYS.has(key.kind)) invalid(`a map cannot have a ${key.kind} as its key`, start);
    return { kind: "map", key, value: readValueType(reader, scope) };
  }
  if (opcode === 0x67) {
    const element = readValueType(reader, scope);
    const length = reader.u32();
    if (length === 0) invalid("a fixed-length list must not be empty", start);
    return { kind: "list", element, length };
  }
  const kind = opcode === 0x66 ? "stream" : "future";
  const element = readOptional(reader, scope);
  if (element !== undefined && factsOf(element).borrows) invalid(`a ${kind} cannot carry a borrow`, start);
  if (kind === "stream" && element?.kind === "char") invalid("`stream<char>` is not valid at this time", start);
  return { kind, element };
}
