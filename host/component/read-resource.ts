import { describeCore } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { Entity } from "./entity.ts";
import { newResource } from "./entity.ts";
import type { MemberName } from "./frame.ts";
import type { RESOURCE_BUILTINS } from "./link-seldom.ts";
import { defining, handling } from "./link-seldom.ts";
import { readAsyncBuiltin } from "./read-async.ts";
import { readTypeIndex } from "./read-value-type.ts";
import type { NameSpace, Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import type { FunctionType, ResourceType } from "./type.ts";

/** Resources are defined in components alone: inside types they are only imported and exported. */
export function readResourceType(reader: ByteReader, scope: Scope): ResourceType {
  const start = reader.position - 1;
  if (scope.kind !== "component") invalid("resources can only be defined within a concrete component", start);
  if (reader.byte() !== 0x7f) invalid("resources can only be represented by `i32`", start);
  const destructor = reader.choice(2, "destructor of a resource") === 1 ? reader.u32() : undefined;
  if (destructor !== undefined && describeCore(scope.get("core func", destructor, start)) !== "func (i32) -> ()") {
    invalid("type mismatch: a destructor must have type (i32) -> ()", start);
  }
  const resource = newResource();
  scope.local.add(resource);
  scope.made.push(resource);
  scope.steps.push(defining(resource, destructor));
  return resource;
}

const BUILTINS = new Map<number, keyof typeof RESOURCE_BUILTINS>([
  [0x02, "resource.new"],
  [0x03, "resource.drop"],
  [0x04, "resource.rep"],
]);

/** Reads a built-in for resources, or of the asynchronous model, behind its opcode. @returns false when the opcode is none */
export function readSeldomBuiltin(opcode: number, reader: ByteReader, scope: Scope): boolean {
  const builtin = BUILTINS.get(opcode);
  if (builtin === undefined) return readAsyncBuiltin(opcode, reader, scope);
  readResourceBuiltin(builtin, reader, scope, reader.position - 1);
  return true;
}

function readResourceBuiltin(
  op: keyof typeof RESOURCE_BUILTINS,
  reader: ByteReader,
  scope: Scope,
  start: number,
): void {
  const resource = readTypeIndex(reader, scope, "resource").root;
  if (op !== "resource.drop" && !scope.local.has(resource)) invalid(`${op}: the type is not a local resource`, start);
  scope.spaces["core func"].push({ kind: "func", params: ["i32"], results: op === "resource.drop" ? [] : ["i32"] });
  scope.steps.push(handling(op, resource));
}

/** Checks the name of what belongs to a resource against what it names. */
export function checkMember(space: NameSpace, name: string, parsed: MemberName, entity: Entity, offset: number): void {
  if (entity.kind !== "func") invalid(`\`${name}\` is not a func`, offset);
  if (parsed.kind === "static") {
    const known = space.entities.get(parsed.resource);
    if (known?.kind === "type" && known.type.kind === "resource") return;
    invalid("static resource name is not known in this context", offset);
  }
  const resource = parsed.kind === "constructor" ? constructed(entity, offset) : receiver(entity, offset);
  const known = space.resources.get(resource);
  if (known === undefined) invalid("resource used in function does not have a name in this context", offset);
  if (known !== parsed.resource) invalid(`function does not match expected resource name \`${known}\``, offset);
}

function constructed({ result }: FunctionType, offset: number): ResourceType {
  const own = result?.kind === "result" ? result.ok : result;
  if (own?.kind === "own") return own.resource;
  const what = result === undefined ? "one value" : "`(own $T)` or `(result (own $T))`";
  return invalid(`a constructor function should return ${what}`, offset);
}

function receiver({ params: [self] }: FunctionType, offset: number): ResourceType {
  if (self?.name === "self" && self.type.kind === "borrow") return self.type.resource;
  if (self === undefined) return invalid("a method should have at least one argument", offset);
  const what = self.name === "self" ? "take a first argument of `(borrow $T)`" : "have a first argument called `self`";
  return invalid(`a method should ${what}`, offset);
}
