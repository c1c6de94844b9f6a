import type { ByteReader } from "../wasm/reader.ts";
import type { CoreSort, Sort } from "./plan.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import { refersToResources } from "./visibility.ts";

const CORE_SORTS = new Map<number, CoreSort | "core type" | "core module">([
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

type AliasSort = Sort | "core type" | "type";

/** Reads the core sort of a definition. */
export function readCoreSort(reader: ByteReader): CoreSort | "core type" | "core module" {
  const start = reader.position;
  return CORE_SORTS.get(reader.byte()) ?? reader.fail("malformed core sort", start);
}

function readAliasSort(reader: ByteReader): AliasSort {
  const start = reader.position;
  const opcode = reader.byte();
  if (opcode === 0x00) return readCoreSort(reader);
  if (opcode === 0x02) invalid("support for component model `value`s is not enabled", start);
  return SORTS.get(opcode) ?? reader.fail("malformed sort", start);
}

/** Reads one alias and appends what it stands for to its index space. */
export function readAlias(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  const sort = readAliasSort(reader);
  const target = reader.position;
  switch (reader.byte()) {
    case 0x00:
      return aliasExport(reader, scope, sort, start);
    case 0x01:
      return aliasCoreExport(reader, scope, sort, start);
    case 0x02:
      return aliasOuter(reader, scope, sort, start);
    default:
      reader.fail("malformed target of an alias", target);
  }
}

function aliasExport(reader: ByteReader, scope: Scope, sort: AliasSort, start: number): void {
  const instance = reader.u32();
  const name = reader.name();
  if (scope.kind !== "component" && sort !== "instance" && sort !== "type") {
    invalid("export aliases in a type may only refer to types or instances", start);
  }
  const entity = scope.get("instance", instance, start).exports.get(name);
  if (entity === undefined) invalid(`instance ${instance} has no export named \`${name}\``, start);
  const kind = entity.kind === "module" ? "core module" : entity.kind;
  if (kind !== sort) invalid(`export \`${name}\` for instance ${instance} is not a ${sort}`, start);
  scope.push(entity);
  if (sort !== "type") scope.steps.push({ op: "alias", sort: sort as Sort, instance, name });
}

function aliasCoreExport(reader: ByteReader, scope: Scope, sort: AliasSort, start: number): void {
  const instance = reader.u32();
  const name = reader.name();
  if (scope.kind !== "component") invalid("aliases in a type may only refer to types or instances", start);
  const extern = scope.get("core instance", instance, start).get(name);
  if (extern === undefined) return invalid(`core instance ${instance} has no export named \`${name}\``, start);
  if (`core ${extern.kind}` !== sort) invalid(`export \`${name}\` for core instance ${instance} is not a ${sort.slice(5)}`, start);
  if (extern.kind === "func") scope.spaces["core func"].push(extern);
  else scope.spaces[`core ${extern.kind}`].push(extern);
  scope.steps.push({ op: "core alias", sort: sort as CoreSort, instance, name });
}

function aliasOuter(reader: ByteReader, scope: Scope, sort: AliasSort, start: number): void {
  const depth = reader.u32();
  const index = reader.u32();
  let from: Scope = scope;
  let crosses = false;
  for (let level = 0; level < depth; level++) {
    crosses ||= from.kind === "component";
    if (from.parent === undefined) return invalid(`invalid outer alias count of ${depth}`, start);
    from = from.parent;
  }
  if (scope.kind !== "component" && sort !== "type" && sort !== "core type") {
    invalid("outer aliases in a type may only refer to types or instances", start);
  }
  switch (sort) {
    case "type": {
      const type = from.get("type", index, start);
      if (crosses && refersToResources(type)) {
        invalid("cannot alias an outer type that transitively refers to resources not defined in this component", start);
      }
      scope.spaces.type.push(type);
      return;
    }
    case "core type":
      scope.spaces["core type"].push(from.get("core type", index, start));
      return;
    case "core module":
      scope.spaces["core module"].push(from.get("core module", index, start));
      break;
    case "component":
      scope.spaces.component.push(from.get("component", index, start));
      break;
    default:
      return invalid(`an outer ${sort} is not a module, type, or component`, start);
  }
  scope.steps.push({ op: "outer", sort, depth, index });
}
