import { FLAT_PARAMETERS_MAX } from "../contract/limits.ts";
import { readValueType as readCoreValueType } from "../wasm/core-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { FlatType } from "./layout.ts";
import { layoutOf } from "./layout.ts";
import { readMemory, readOptions } from "./read-options.ts";
import { readResult } from "./read-value-type.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";

/** What follows a built-in's opcode. */
type Immediate = "flag" | "stream" | "future" | "options" | "memory";

/** A built-in of the asynchronous model: its name, what follows its opcode, and its core signature. */
interface Builtin {
  readonly name: string;
  readonly immediates: readonly Immediate[];
  readonly params: readonly string[];
  readonly results: readonly string[];
}

function builtin(name: string, immediates: readonly Immediate[], params: number, result: "i32" | "i64" | undefined): Builtin {
  const results = result === undefined ? [] : [result];
  return { name, immediates, params: Array.from({ length: params }, () => "i32"), results };
}

/** The built-ins by opcode, but for those whose signature depends on what follows it. */
const BUILTINS = new Map<number, Builtin>([
  [0x05, builtin("task.cancel", [], 0, undefined)],
  [0x06, builtin("subtask.cancel", ["flag"], 1, "i32")],
  [0x0c, builtin("thread.yield", ["flag"], 0, "i32")],
  [0x0d, builtin("subtask.drop", [], 1, undefined)],
  [0x0e, builtin("stream.new", ["stream"], 0, "i64")],
  [0x0f, builtin("stream.read", ["stream", "options"], 3, "i32")],
  [0x10, builtin("stream.write", ["stream", "options"], 3, "i32")],
  [0x11, builtin("stream.cancel-read", ["stream", "flag"], 1, "i32")],
  [0x12, builtin("stream.cancel-write", ["stream", "flag"], 1, "i32")],
  [0x13, builtin("stream.drop-readable", ["stream"], 1, undefined)],
  [0x14, builtin("stream.drop-writable", ["stream"], 1, undefined)],
  [0x15, builtin("future.new", ["future"], 0, "i64")],
  [0x16, builtin("future.read", ["future", "options"], 2, "i32")],
  [0x17, builtin("future.write", ["future", "options"], 2, "i32")],
  [0x18, builtin("future.cancel-read", ["future", "flag"], 1, "i32")],
  [0x19, builtin("future.cancel-write", ["future", "flag"], 1, "i32")],
  [0x1a, builtin("future.drop-readable", ["future"], 1, undefined)],
  [0x1b, builtin("future.drop-writable", ["future"], 1, undefined)],
  [0x1c, builtin("error-context.new", ["options"], 2, "i32")],
  [0x1d, builtin("error-context.debug-message", ["options"], 2, undefined)],
  [0x1e, builtin("error-context.drop", [], 1, undefined)],
  [0x1f, builtin("waitable-set.new", [], 0, "i32")],
  [0x20, builtin("waitable-set.wait", ["flag", "memory"], 2, "i32")],
  [0x21, builtin("waitable-set.poll", ["flag", "memory"], 2, "i32")],
  [0x22, builtin("waitable-set.drop", [], 1, undefined)],
  [0x23, builtin("waitable.join", [], 2, undefined)],
  [0x24, builtin("backpressure.inc", [], 0, undefined)],
  [0x25, builtin("backpressure.dec", [], 0, undefined)],
  [0x26, builtin("thread.index", [], 0, "i32")],
  [0x28, builtin("thread.resume-later", [], 1, undefined)],
  [0x29, builtin("thread.suspend", ["flag"], 0, "i32")],
  [0x2a, builtin("thread.suspend-then-resume", ["flag"], 1, "i32")],
  [0x2b, builtin("thread.yield-then-resume", ["flag"], 1, "i32")],
  [0x2c, builtin("thread.suspend-then-promote", ["flag"], 1, "i32")],
  [0x2d, builtin("thread.yield-then-promote", ["flag"], 1, "i32")],
]);

/** Reads a built-in of the asynchronous model. @returns false when the opcode is none */
export function readAsyncBuiltin(opcode: number, reader: ByteReader, scope: Scope): boolean {
  const start = reader.position;
  const known = BUILTINS.get(opcode);
  if (known !== undefined) {
    for (const immediate of known.immediates) readImmediate(immediate, reader, scope);
    define(scope, known.name, known.params, known.results);
    return true;
  }
  switch (opcode) {
    case 0x09:
      readTaskReturn(reader, scope);
      return true;
    case 0x0a:
    case 0x0b: {
      const type = readCoreValueType(reader);
      if (type !== "i32" && type !== "i64") invalid("a context slot can only hold an i32 or an i64", start);
      if (reader.u32() > 1) invalid("immediate must be zero or one", start);
      if (opcode === 0x0a) define(scope, "context.get", [], [type]);
      else define(scope, "context.set", [type], []);
      return true;
    }
    case 0x27:
      readNewIndirect(reader, scope, start);
      return true;
    default:
      return false;
  }
}

function define(scope: Scope, feature: string, params: readonly string[], results: readonly string[]): void {
  scope.spaces["core func"].push({ kind: "func", params, results });
  scope.steps.push({ op: "asynchronous", feature });
}

function readImmediate(immediate: Immediate, reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  switch (immediate) {
    case "flag":
      if (reader.byte() > 1) reader.fail("invalid boolean value", start);
      return;
    case "options":
      readOptions(reader, scope);
      return;
    case "memory":
      readMemory(reader, scope, start);
      return;
    default: {
      const index = reader.u32();
      const type = scope.get("type", index, start);
      if (type.kind !== immediate) invalid(`type index ${index} is not a ${immediate} type`, start);
    }
  }
}

/** `task.return` takes the core values of the result; when they are too many, a pointer to it. */
function readTaskReturn(reader: ByteReader, scope: Scope): void {
  const type = readResult(reader, scope);
  const options = readOptions(reader, scope);
  const flat: readonly FlatType[] | undefined = type === undefined ? [] : layoutOf(type).flat;
  const params = flat === undefined || flat.length > FLAT_PARAMETERS_MAX ? ["i32"] : flat;
  scope.spaces["core func"].push({ kind: "func", params, results: [] });
  scope.steps.push({ op: "task.return", type, options });
}

function readNewIndirect(reader: ByteReader, scope: Scope, start: number): void {
  const type = scope.get("core type", reader.u32(), start);
  if (type.kind !== "func" || type.params.join() !== "i32" || type.results.length > 0) {
    invalid("start function must take a single `i32` argument and return nothing", start);
  }
  const table = scope.get("core table", reader.u32(), start);
  if (table.kind !== "table" || table.element !== "funcref") invalid("expected a table of funcref", start);
  define(scope, "thread.new-indirect", ["i32", "i32"], ["i32"]);
}
