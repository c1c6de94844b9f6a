import { DoterosError } from "../contract/error.ts";
import { describeCore } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { CanonOptions, StringEncoding } from "./plan.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";

/** The options by opcode. */
const OPTIONS = ["utf8", "utf16", "latin1+utf16", "memory", "realloc", "post-return", "async", "callback"] as const;

type Option = (typeof OPTIONS)[number];

/** Reads the options of a canonical definition. */
export function readOptions(reader: ByteReader, scope: Scope): CanonOptions {
  const given = new Map<Option | "encoding", number>();
  reader.vector("canonical options", () => {
    const start = reader.position;
    const opcode = reader.choice(8, "canonical option");
    const option = OPTIONS[opcode] as Option;
    const key = opcode < 3 ? "encoding" : option;
    const before = given.get(key);
    if (before !== undefined) {
      const [a, b] = [OPTIONS[before], option].map((name) => name?.replace("+", "-"));
      if (opcode < 3) invalid(`canonical encoding option \`${a}\` conflicts with option \`${b}\``, start);
      invalid(`canonical option \`${option}\` is specified more than once`, start);
    }
    if (option === "async") scope.seldom.needed();
    given.set(key, opcode < 3 ? opcode : option === "async" ? 1 : readIndex(option, reader, scope));
  });
  const [memory, realloc, postReturn, callback] = (["memory", "realloc", "post-return", "callback"] as const).map((key) => given.get(key));
  const async = given.has("async");
  if (realloc !== undefined && memory === undefined) invalid("canonical option `memory` is required", reader.position);
  if (callback !== undefined && !async) invalid("cannot specify callback without async", reader.position);
  return { encoding: OPTIONS[given.get("encoding") ?? 0] as StringEncoding, memory, realloc, postReturn, callback, async };
}

/** The core signature that the function of an option has to have. */
const SIGNATURES = new Map<Option, string>([
  ["realloc", "func (i32, i32, i32, i32) -> (i32)"],
  ["callback", "func (i32, i32, i32) -> (i32)"],
]);

function readIndex(option: Option, reader: ByteReader, scope: Scope): number {
  const start = reader.position;
  if (option === "memory") return readMemory(reader, scope);
  const index = reader.u32();
  const core = scope.get("core func", index, start);
  const signature = SIGNATURES.get(option);
  if (signature !== undefined && describeCore(core) !== signature) {
    invalid(`canonical option \`${option}\` uses a core function with an incorrect signature`, start);
  }
  return index;
}

/** Reads the index of a memory that values may be kept in. */
export function readMemory(reader: ByteReader, scope: Scope): number {
  const start = reader.position;
  const index = reader.u32();
  const memory = scope.get("core memory", index, start);
  if (memory.kind !== "memory") return index;
  if (memory.limits.wide) throw new DoterosError("unsupported", "the component keeps its values in a 64-bit memory", { offset: start });
  if (memory.limits.shared) invalid("canonical ABI memory is shared", start);
  return index;
}
