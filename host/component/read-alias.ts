import type { ByteReader } from "../wasm/reader.ts";
import { outer } from "./link.ts";
import type { CoreSort, Sort } from "./plan.ts";
import { readSort } from "./read-sort.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";

type AliasSort = Sort | "core type" | "type";

/** Reads one alias and appends what it stands for to its index space. */
export function readAlias(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  const sort = readSort(reader);
  const target = reader.choice(3, "target of an alias");
  if (target === 2) return aliasOuter(scope, sort, reader.u32(), reader.u32(), start);
  const instance = reader.u32();
  const name = reader.name();
  if (scope.kind !== "component" && (target === 1 || (sort !== "instance" && sort !== "type"))) {
    invalid(`${target === 0 ? "export " : ""}aliases in a type may only refer to types or instances`, start);
  }
  if (target === 1) return aliasCoreExport(scope, sort, instance, name, start);
  const entity = scope.get("instance", instance, start).exports.get(name);
  if (entity === undefined) return invalid(`instance ${instance} has no export named \`${name}\``, start);
  const kind = entity.kind === "module" ? "core module" : entity.kind;
  if (kind !== sort) invalid(`export \`${name}\` for instance ${instance} is not a ${sort}`, start);
  scope.push(entity);
  if (sort !== "type") scope.steps.push((frame) => frame.push(sort, frame.at("instance", instance).get(name) as never));
}

function aliasCoreExport(scope: Scope, sort: AliasSort, instance: number, name: string, start: number): void {
  const extern = scope.get("core instance", instance, start).get(name);
  if (extern === undefined) return invalid(`core instance ${instance} has no export named \`${name}\``, start);
  if (`core ${extern.kind}` !== sort) invalid(`export \`${name}\` for core instance ${instance} is not a ${sort.slice(5)}`, start);
  (scope.spaces[sort] as unknown[]).push(extern);
  scope.steps.push((frame) => frame.push(sort as CoreSort, frame.at("core instance", instance)[name] as never));
}

function aliasOuter(scope: Scope, sort: AliasSort, depth: number, index: number, start: number): void {
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
  if (sort !== "type" && sort !== "core type" && sort !== "core module" && sort !== "component") {
    return invalid(`an outer ${sort} is not a module, type, or component`, start);
  }
  const found = from.get(sort, index, start);
  if (sort === "type" && crosses && scope.seldom.refersToResources(from.get(sort, index, start))) {
    invalid("cannot alias an outer type that transitively refers to resources not defined in this component", start);
  }
  (scope.spaces[sort] as unknown[]).push(found);
  if (sort === "core module" || sort === "component") scope.steps.push(outer(sort, depth, index));
}
