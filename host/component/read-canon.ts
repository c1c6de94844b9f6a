import { COMPONENT_ITEMS_MAX } from "../contract/limits.ts";
import { DoterosError } from "../contract/error.ts";
import type { CoreFunctionType } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import { signatureOf } from "./layout.ts";
import type { CanonOptions, StringEncoding } from "./plan.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import type { FunctionType, ResourceType } from "./type.ts";
import { factsOf } from "./value-type.ts";

const ENCODINGS: readonly StringEncoding[] = ["utf8", "utf16", "latin1+utf16"];

/** The built-ins of the asynchronous model, which the linker leaves to jco. */
const ASYNC_BUILTINS: ReadonlySet<number> = new Set([
  0x05, 0x06, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a,
  0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x40,
  0x41, 0x42,
]);

/** @throws DoterosError `unsupported`, always */
function asynchronous(feature: string, offset: number): never {
  throw new DoterosError("unsupported", `the component uses the asynchronous model: ${feature}`, {
    offset,
    help: "build the component for WASI 0.2, without async functions, streams and futures",
  });
}

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
      if (ASYNC_BUILTINS.has(opcode)) asynchronous(`canonical built-in 0x${opcode.toString(16)}`, start);
      reader.fail("malformed canonical definition", start);
  }
}

function readLift(reader: ByteReader, scope: Scope, start: number): void {
  const func = reader.u32();
  const core = scope.get("core func", func, start);
  const options = readOptions(reader, scope);
  const index = reader.u32();
  const type = scope.get("type", index, start);
  if (type.kind !== "func") invalid(`type index ${index} is not a function type`, start);
  refuseAsync(type, start);
  const signature = signatureOf(type, "lift");
  checkNeeds(signature, options, start);
  checkSignature(core, signature, start);
  if (options.postReturn !== undefined) {
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
  refuseAsync(type, start);
  const signature = signatureOf(type, "lower");
  checkNeeds(signature, options, start);
  scope.spaces["core func"].push({ kind: "func", params: signature.params, results: signature.results });
  scope.steps.push({ op: "lower", func, type, options });
}

function refuseAsync(type: FunctionType, start: number): void {
  if (type.async) asynchronous("an async function", start);
  for (const part of [...type.params.map((param) => param.type), ...(type.result === undefined ? [] : [type.result])]) {
    const feature = factsOf(part).asynchronous;
    if (feature !== undefined) asynchronous(`a ${feature}`, start);
  }
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

function sameFlat(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
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

/** The options as they are gathered; each may come once. */
interface Gathered {
  encoding?: StringEncoding;
  memory?: number;
  realloc?: number;
  postReturn?: number;
}

function readOptions(reader: ByteReader, scope: Scope): CanonOptions {
  const gathered: Gathered = {};
  const count = reader.count(COMPONENT_ITEMS_MAX, "canonical options");
  for (let index = 0; index < count; index++) readOption(reader, scope, gathered);
  if (gathered.realloc !== undefined && gathered.memory === undefined) {
    invalid("canonical option `memory` is required", reader.position);
  }
  const { encoding = "utf8", memory, realloc, postReturn } = gathered;
  return { encoding, memory, realloc, postReturn };
}

function readOption(reader: ByteReader, scope: Scope, gathered: Gathered): void {
  const start = reader.position;
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
    case 0x01:
    case 0x02: {
      const encoding = ENCODINGS[opcode] as StringEncoding;
      if (gathered.encoding !== undefined) {
        const [a, b] = [gathered.encoding, encoding].map((name) => name.replace("+", "-"));
        invalid(`canonical encoding option \`${a}\` conflicts with option \`${b}\``, start);
      }
      gathered.encoding = encoding;
      return;
    }
    case 0x03:
      once(gathered.memory, "memory", start);
      gathered.memory = readMemory(reader, scope, start);
      return;
    case 0x04:
      once(gathered.realloc, "realloc", start);
      gathered.realloc = readRealloc(reader, scope, start);
      return;
    case 0x05:
      once(gathered.postReturn, "post-return", start);
      gathered.postReturn = reader.u32();
      scope.get("core func", gathered.postReturn, start);
      return;
    case 0x06:
    case 0x07:
      return asynchronous(opcode === 0x06 ? "the canonical option `async`" : "the canonical option `callback`", start);
    default:
      reader.fail("malformed canonical option", start);
  }
}

function once(before: number | undefined, option: string, start: number): void {
  if (before !== undefined) invalid(`canonical option \`${option}\` is specified more than once`, start);
}

function readMemory(reader: ByteReader, scope: Scope, start: number): number {
  const index = reader.u32();
  const memory = scope.get("core memory", index, start);
  if (memory.kind === "memory" && memory.limits.wide) {
    throw new DoterosError("unsupported", "the component keeps its values in a 64-bit memory", { offset: start });
  }
  if (memory.kind === "memory" && memory.limits.shared) invalid("canonical ABI memory is shared", start);
  return index;
}

function readRealloc(reader: ByteReader, scope: Scope, start: number): number {
  const index = reader.u32();
  const { params, results } = scope.get("core func", index, start);
  if (!sameFlat(params, ["i32", "i32", "i32", "i32"]) || !sameFlat(results, ["i32"])) {
    invalid("canonical option `realloc` uses a core function with an incorrect signature", start);
  }
  return index;
}
