import { FLAT_PARAMETERS_MAX } from "../contract/limits.ts";
import { readValueType as readCoreValueType } from "../wasm/core-type.ts";
import { describeCore } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import { layoutOf } from "./layout.ts";
import { refusing, returning } from "./link-seldom.ts";
import { readMemory, readOptions } from "./read-options.ts";
import { readResult, readTypeIndex } from "./read-value-type.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";

/**
 * The built-ins of the asynchronous model but for those whose signature depends on what follows their opcode. In each line:
 * opcode, name, how many i32 it takes, what it answers, and what follows the opcode.
 */
const TABLE = `
05 task.cancel 0 -
06 subtask.cancel 1 i32 flag
0c thread.yield 0 i32 flag
0d subtask.drop 1 -
0e stream.new 0 i64 stream
0f stream.read 3 i32 stream options
10 stream.write 3 i32 stream options
11 stream.cancel-read 1 i32 stream flag
12 stream.cancel-write 1 i32 stream flag
13 stream.drop-readable 1 - stream
14 stream.drop-writable 1 - stream
15 future.new 0 i64 future
16 future.read 2 i32 future options
17 future.write 2 i32 future options
18 future.cancel-read 1 i32 future flag
19 future.cancel-write 1 i32 future flag
1a future.drop-readable 1 - future
1b future.drop-writable 1 - future
1c error-context.new 2 i32 options
1d error-context.debug-message 2 - options
1e error-context.drop 1 -
1f waitable-set.new 0 i32
20 waitable-set.wait 2 i32 flag memory
21 waitable-set.poll 2 i32 flag memory
22 waitable-set.drop 1 -
23 waitable.join 2 -
24 backpressure.inc 0 -
25 backpressure.dec 0 -
26 thread.index 0 i32
28 thread.resume-later 1 -
29 thread.suspend 0 i32 flag
2a thread.suspend-then-resume 1 i32 flag
2b thread.yield-then-resume 1 i32 flag
2c thread.suspend-then-promote 1 i32 flag
2d thread.yield-then-promote 1 i32 flag`;

const BUILTINS: ReadonlyMap<number, readonly string[]> = new Map(
  TABLE.trim()
    .split("\n")
    .map((line) => [Number.parseInt(line, 16), line.split(" ").slice(1)]),
);

/** Reads a built-in of the asynchronous model. @returns false when the opcode is none */
export function readAsyncBuiltin(opcode: number, reader: ByteReader, scope: Scope): boolean {
  const start = reader.position;
  const known = BUILTINS.get(opcode);
  if (known !== undefined) {
    const [name = "", params, result = "", ...immediates] = known;
    for (const immediate of immediates) readImmediate(immediate, reader, scope);
    define(scope, name, Array.from({ length: Number(params) }, () => "i32"), result === "-" ? [] : [result]);
  } else if (opcode === 0x09) readTaskReturn(reader, scope);
  else if (opcode === 0x0a || opcode === 0x0b) {
    const type = readCoreValueType(reader);
    if (type !== "i32" && type !== "i64") invalid("a context slot can only hold an i32 or an i64", start);
    if (reader.u32() > 1) invalid("immediate must be zero or one", start);
    if (opcode === 0x0a) define(scope, "context.get", [], [type]);
    else define(scope, "context.set", [type], []);
  } else if (opcode === 0x27) readNewIndirect(reader, scope, start);
  else return false;
  return true;
}

function define(scope: Scope, feature: string, params: readonly string[], results: readonly string[]): void {
  scope.spaces["core func"].push({ kind: "func", params, results });
  scope.steps.push(refusing(feature));
  scope.asynchronous = true;
}

function readImmediate(immediate: string, reader: ByteReader, scope: Scope): void {
  const start = reader.position;
  if (immediate === "flag") {
    if (reader.byte() > 1) reader.fail("invalid boolean value", start);
  } else if (immediate === "options") readOptions(reader, scope);
  else if (immediate === "memory") readMemory(reader, scope);
  else readTypeIndex(reader, scope, immediate as "stream" | "future");
}

/** `task.return` takes the core values of the result; when they are too many, a pointer to it. */
function readTaskReturn(reader: ByteReader, scope: Scope): void {
  const type = readResult(reader, scope);
  const options = readOptions(reader, scope);
  const flat = type === undefined ? [] : layoutOf(type).flat;
  const params = flat === undefined || flat.length > FLAT_PARAMETERS_MAX ? ["i32"] : flat;
  scope.spaces["core func"].push({ kind: "func", params, results: [] });
  scope.steps.push(returning(type, options));
}

function readNewIndirect(reader: ByteReader, scope: Scope, start: number): void {
  const type = scope.get("core type", reader.u32(), start);
  if (type.kind !== "func" || describeCore(type) !== "func (i32) -> ()") {
    invalid("start function must take a single `i32` argument and return nothing", start);
  }
  const table = scope.get("core table", reader.u32(), start);
  if (table.kind !== "table" || table.element !== "funcref") invalid("expected a table of funcref", start);
  define(scope, "thread.new-indirect", ["i32", "i32"], ["i32"]);
}
