import { DoterosError } from "../contract/error.ts";
import { COMPONENT_ITEMS_MAX } from "../contract/limits.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { CanonOptions, StringEncoding } from "./plan.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";

const ENCODINGS: readonly StringEncoding[] = ["utf8", "utf16", "latin1+utf16"];

/** Whether two lists of core types are the same. */
export function sameFlat(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

/** The options as they are gathered; each may come once. */
interface Gathered {
  encoding?: StringEncoding;
  memory?: number;
  realloc?: number;
  postReturn?: number;
  callback?: number;
  async?: boolean;
}

/** Reads the options of a canonical definition. */
export function readOptions(reader: ByteReader, scope: Scope): CanonOptions {
  const gathered: Gathered = {};
  const count = reader.count(COMPONENT_ITEMS_MAX, "canonical options");
  for (let index = 0; index < count; index++) readOption(reader, scope, gathered);
  if (gathered.realloc !== undefined && gathered.memory === undefined) {
    invalid("canonical option `memory` is required", reader.position);
  }
  const { encoding = "utf8", memory, realloc, postReturn, callback, async = false } = gathered;
  if (callback !== undefined && !async) invalid("cannot specify callback without async", reader.position);
  return { encoding, memory, realloc, postReturn, callback, async };
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
      once(gathered.async, "async", start);
      gathered.async = true;
      return;
    case 0x07:
      once(gathered.callback, "callback", start);
      gathered.callback = readCallback(reader, scope, start);
      return;
    default:
      reader.fail("malformed canonical option", start);
  }
}

function once(before: number | boolean | undefined, option: string, start: number): void {
  if (before !== undefined) invalid(`canonical option \`${option}\` is specified more than once`, start);
}

/** Reads the index of a memory that values may be kept in. */
export function readMemory(reader: ByteReader, scope: Scope, start: number): number {
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

function readCallback(reader: ByteReader, scope: Scope, start: number): number {
  const index = reader.u32();
  const { params, results } = scope.get("core func", index, start);
  if (!sameFlat(params, ["i32", "i32", "i32"]) || !sameFlat(results, ["i32"])) {
    invalid("canonical option `callback` uses a core function with an incorrect signature", start);
  }
  return index;
}
