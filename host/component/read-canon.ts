import type { CoreFunctionType } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import { signatureOf } from "./layout.ts";
import type { CanonOptions } from "./plan.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import { readAsyncBuiltin } from "./read-async.ts";
import { readOptions, sameFlat } from "./read-options.ts";
import type { FunctionType, ResourceType } from "./type.ts";

/** Reads one canonical definition and appends the function that it makes. */
export function readCanon(reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      reader.expect(0x00, "canon lift");
      return readLift(reader, scope, start);
    case 0x01:
      reader.expect(0x00, "canon lower");
      return readLower(reader, scope, start);
    case 0x02:
    case 0x03:
    case 0x04:
      return readResourceBuiltin(opcode, reader, scope, start);
    default:
      if (!readAsyncBuiltin(opcode, reader, scope)) reader.fail("malformed canonical definition", start);
  }
}

function readLift(reader: ByteReader, scope: Scope, start: number): void {
  const func = reader.u32();
  const core = scope.get("core func", func, start);
  const options = readOptions(reader, scope);
  const index = reader.u32();
  const type = scope.get("type", index, start);
  if (type.kind !== "func") invalid(`type index ${index} is not a function type`, start);
  checkAsync(type, options, start);
  const signature = signatureOf(type, "lift", options);
  checkNeeds(signature, options, start);
  checkSignature(core, signature, start);
  if (options.postReturn !== undefined) {
    if (options.async) invalid("cannot specify post-return function in async", start);
    const post = scope.get("core func", options.postReturn, start);
    if (post.results.length > 0 || !sameFlat(post.params, signature.results)) {
      invalid("canonical option `post-return` uses a core function with an incorrect signature", start);
    }
  }
  scope.spaces.func.push(type);
  scope.steps.push({ op: "lift", func, type, options });
}

function readLower(reader: ByteReader, scope: Scope, start: number): void {
  const func = reader.u32();
  const type = scope.get("func", func, start);
  const options = readOptions(reader, scope);
  if (options.postReturn !== undefined) invalid("canonical option `post-return` cannot be specified for lowerings", start);
  if (options.callback !== undefined) invalid("canonical option `callback` cannot be specified for lowerings", start);
  checkAsync(type, options, start);
  const signature = signatureOf(type, "lower", options);
  checkNeeds(signature, options, start);
  scope.spaces["core func"].push({ kind: "func", params: signature.params, results: signature.results });
  scope.steps.push({ op: "lower", func, type, options });
}

function checkAsync(type: FunctionType, options: CanonOptions, start: number): void {
  if (options.async && !type.async) invalid("the `async` canonical option requires an async function type", start);
}

function checkNeeds(signature: ReturnType<typeof signatureOf>, options: CanonOptions, start: number): void {
  if (signature.needsMemory && options.memory === undefined) invalid("canonical option `memory` is required", start);
  if (signature.needsRealloc && options.realloc === undefined) invalid("canonical option `realloc` is required", start);
}

function checkSignature(core: CoreFunctionType, signature: ReturnType<typeof signatureOf>, start: number): void {
  if (!sameFlat(core.params, signature.params)) {
    invalid(`lowered parameter types \`${list(signature.params)}\` do not match parameter types \`${list(core.params)}\``, start);
  }
  if (!sameFlat(core.results, signature.results)) {
    invalid(`lowered result types \`${list(signature.results)}\` do not match result types \`${list(core.results)}\``, start);
  }
}

function list(types: readonly string[]): string {
  return `[${types.map((type) => type.toUpperCase()).join(", ")}]`;
}

function readResourceBuiltin(opcode: number, reader: ByteReader, scope: Scope, start: number): void {
  const index = reader.u32();
  const type = scope.get("type", index, start);
  if (type.kind !== "resource") return invalid(`type index ${index} is not a resource type`, start);
  const resource: ResourceType = type.root;
  const op = opcode === 0x02 ? "resource.new" : opcode === 0x03 ? "resource.drop" : "resource.rep";
  if (op !== "resource.drop" && !scope.local.has(resource)) invalid(`type index ${index} is not a local resource`, start);
  const results = op === "resource.drop" ? [] : ["i32"];
  scope.spaces["core func"].push({ kind: "func", params: ["i32"], results });
  scope.steps.push({ op, resource });
}
