import type { ByteReader } from "../wasm/reader.ts";
import type { CoreSort, Sort } from "./plan.ts";
import { noValues } from "./scope.ts";

type CoreDefinition = CoreSort | "core type" | "core module";

const CORE_SORTS = new Map<number, CoreDefinition>([
  [0x00, "core func"],
  [0x01, "core table"],
  [0x02, "core memory"],
  [0x03, "core global"],
  [0x04, "core tag"],
  [0x10, "core type"],
  [0x11, "core module"],
  [0x12, "core instance"],
]);

const SORTS = new Map<number, "func" | "type" | "component" | "instance">([
  [0x01, "func"],
  [0x03, "type"],
  [0x04, "component"],
  [0x05, "instance"],
]);

/** Reads the core sort of a definition. */
export function readCoreSort(reader: ByteReader): CoreDefinition {
  return reader.oneOf(CORE_SORTS, "core sort");
}

/** Reads the sort of a definition. */
export function readSort(reader: ByteReader): Sort | "type" | "core type" {
  if (reader.skip(0x00)) return readCoreSort(reader);
  if (reader.peek() === 0x02) noValues(reader.position);
  return reader.oneOf(SORTS, "sort");
}

/** Reads the sort of what components hand over to each other; of the core sorts, only modules are one. */
export function readComponentSort(reader: ByteReader): Sort | "type" {
  const start = reader.position;
  const sort = readSort(reader);
  if (sort === "core type" || (sort.startsWith("core") && sort !== "core module")) {
    return reader.fail("only core modules can be handed over between components", start);
  }
  return sort;
}
