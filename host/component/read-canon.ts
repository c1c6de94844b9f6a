import { sameNames } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { Signature } from "./layout.ts";
import { signatureOf } from "./layout.ts";
import { lifting, lowering } from "./link.ts";
import type { CanonOptions } from "./plan.ts";
import { readOptions } from "./read-options.ts";
import { readTypeIndex } from "./read-value-type.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";
import type { FunctionType } from "./type.ts";

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
    default:
      if (!scope.seldom.builtin(opcode, reader, scope)) reader.fail("malformed canonical definition", start);
  }
}

function readLift(reader: ByteReader, scope: Scope, start: number): void {
  const func = reader.u32();
  const core = scope.get("core func", func, start);
  const options = readOptions(reader, scope);
  const type = readTypeIndex(reader, scope, "func");
  const signature = checked(type, "lift", options, start);
  for (const what of ["params", "results"] as const) {
    if (sameNames(core[what], signature[what])) continue;
    const word = what === "params" ? "parameter" : "result";
    invalid(`lowered ${word} types \`${list(signature[what])}\` do not match ${word} types \`${list(core[what])}\``, start);
  }
  if (options.postReturn !== undefined) {
    if (options.async) invalid("cannot specify post-return function in async", start);
    const post = scope.get("core func", options.postReturn, start);
    if (post.results.length > 0 || !sameNames(post.params, signature.results)) {
      invalid("canonical option `post-return` uses a core function with an incorrect signature", start);
    }
  }
  scope.spaces.func.push(type);
  scope.steps.push(lifting(func, { type, options, signature }));
  scope.asynchronous ||= options.callback !== undefined;
}

function readLower(reader: ByteReader, scope: Scope, start: number): void {
  const func = reader.u32();
  const type = scope.get("func", func, start);
  const options = readOptions(reader, scope);
  const stray = options.postReturn !== undefined ? "post-return" : options.callback !== undefined ? "callback" : undefined;
  if (stray !== undefined) invalid(`canonical option \`${stray}\` cannot be specified for lowerings`, start);
  const signature = checked(type, "lower", options, start);
  scope.spaces["core func"].push({ kind: "func", params: signature.params, results: signature.results });
  scope.steps.push(lowering(func, { type, options, signature }));
}

/** The signature, for which the options must do. */
function checked(type: FunctionType, side: "lift" | "lower", options: CanonOptions, start: number): Signature {
  if (options.async && !type.async) invalid("the `async` canonical option requires an async function type", start);
  const signature = signatureOf(type, side, options);
  const lacking =
    signature.needsMemory && options.memory === undefined
      ? "memory"
      : signature.needsRealloc && options.realloc === undefined
        ? "realloc"
        : undefined;
  if (lacking !== undefined) invalid(`canonical option \`${lacking}\` is required`, start);
  return signature;
}

function list(types: readonly string[]): string {
  return `[${types.join(", ").toUpperCase()}]`;
}
