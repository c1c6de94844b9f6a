import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "@bytecodealliance/jco";
import { expect, it } from "vitest";
import { settleAddresses } from "../../host/cli/javascript/settle.ts";
import { compileComponent } from "../../host/component/index.ts";
import { DoterosError } from "../../host/contract/error.ts";

const RUNTIME = "componentize_qjs_runtime.wasm";
/** Two modules as componentize-qjs links them: one knows the bases, the other computes addresses from them. */
const LINKED = `(component
  (core module $main
    (global (export "${RUNTIME}:memory_base") i32 (i32.const 1048592))
    (global (export "${RUNTIME}:table_base") i32 (i32.const 1)))
  (component $inner
    (core module $runtime
      (import "env" "f" (func))
      (import "env" "__table_base" (global $table i32))
      (import "env" "__memory_base" (global $memory i32))
      (global (export "a") i32 (i32.add (global.get $memory) (i32.const 149280)))
      (global (export "b") i32 (i32.add (global.get $table) (i32.const -2)))
      (global (export "c") (mut i32) (i32.const 7)))))`;

/** Where a component has the opcode that older engines refuse, in a global's start value. */
const additions = (bytes: Uint8Array): number => [...bytes.keys()].filter((at) => bytes[at] === 0x6a && bytes[at + 1] === 0x0b).length;

it("writes addresses as numbers, and moves nothing", async () => {
  const before = await parse(LINKED);
  expect(additions(before)).toBe(2);
  const after = settleAddresses(before);
  expect([after.length, additions(after)]).toEqual([before.length, 0]);
  expect(settleAddresses(after)).toEqual(after);
  await expect(compileComponent(after)).resolves.toBeDefined();
  expect(await valuesOf(after)).toEqual({ a: 1_048_592 + 149_280, b: 1 - 2, c: 7 });
});

it("leaves alone what it does not know", async () => {
  const other = await parse(LINKED.replaceAll("__memory_base", "another_base"));
  expect(settleAddresses(other)).toEqual(other);
  const counter = new Uint8Array(await readFile(join(import.meta.dirname, "..", "..", ".build", "capsules", "counter", "counter.wasm")));
  expect(settleAddresses(counter)).toEqual(counter);
});

it("refuses broken bytes, and never breaks on them", async () => {
  const whole = await parse(LINKED);
  for (let at = 8; at < whole.length; at += 1) {
    for (const value of [0x00, 0x7f, 0xff]) {
      expect(outcomeOf(whole.with(at, value)), `byte ${at} as ${value}`).toBe("well");
    }
  }
});

/** "well" when the bytes were settled, or refused by an error of ours. */
function outcomeOf(broken: Uint8Array): string {
  try {
    return settleAddresses(broken).length === broken.length ? "well" : "another length";
  } catch (error) {
    return error instanceof DoterosError ? "well" : String(error);
  }
}

/** The globals of the last core module in a component. */
async function valuesOf(component: Uint8Array): Promise<Record<string, unknown>> {
  const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const starts = [...component.keys()].filter((at) => magic.every((byte, index) => component[at + index] === byte));
  const start = starts.at(-1) ?? 0;
  let size = 0;
  let shift = 0;
  // The size stands right before the module, behind the section's number.
  let at = start - 1;
  while ((component[at - 1] ?? 0) >= 0x80) at -= 1;
  for (; at < start; at += 1) {
    size += ((component[at] ?? 0) & 0x7f) << shift;
    shift += 7;
  }
  const module = await WebAssembly.compile(component.slice(start, start + size));
  const env = { f: () => {}, __table_base: 0, __memory_base: 0 };
  const { exports } = await WebAssembly.instantiate(module, { env });
  return Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, (value as { value: unknown }).value]));
}
