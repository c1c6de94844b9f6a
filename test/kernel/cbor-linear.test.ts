import binaryen from "assemblyscript/binaryen";
import { expect, it } from "vitest";
import { WASM } from "../../host/kernel/generated/cbor.ts";
import { compileKernel } from "../../host/kernel/module.ts";

// The kernel as it ships, with a call put into every function and every loop, so that its work can be counted.

interface Counting {
  readonly memory: WebAssembly.Memory;
  inputAt(): number;
  reserve(input: number, output: number, table: number): number;
  check(length: number, depth: number, isStrict: boolean): number;
  canonical(length: number, depth: number): number;
  cborToJson(length: number, depth: number): number;
  jsonToCbor(length: number, depth: number): number;
  find(length: number, depth: number, slots: number): number;
}

function counting(): { kernel: Counting; count: () => number } {
  const module = binaryen.readBinary(new Uint8Array(Buffer.from(WASM, "base64")));
  module.runPasses(["log-execution"]);
  const bytes = module.emitBinary();
  module.dispose();
  let steps = 0;
  const log = (): void => void (steps += 1);
  const instance = new WebAssembly.Instance(compileKernel(Buffer.from(bytes).toString("base64")), {
    host: { textOf: () => 1, numberOf: () => 1, log_execution: log },

  });
  return { kernel: instance.exports as unknown as Counting, count: () => steps };
}

const { kernel, count } = counting();
const encoder = new TextEncoder();
const repeat = (hex: string, times: number): Uint8Array => new Uint8Array(Buffer.from(`9f${hex.repeat(times)}ff`, "hex"));

/** How many functions and loops it takes for one input. */
function work(bytes: Uint8Array, run: (length: number) => number): number {
  kernel.reserve(bytes.length, bytes.length * 8, bytes.length * 8);
  new Uint8Array(kernel.memory.buffer).set(bytes, kernel.inputAt());
  const before = count();
  expect(run(bytes.length)).toBe(0);
  return count() - before;
}

const DEPTH = 64;
const members = (times: number): Uint8Array => {
  const keys = Array.from({ length: times }, (_, index) => (1_000_000_000 + ((index * 7919) % times)).toString(16));
  return new Uint8Array(Buffer.from(`bf${keys.map((key) => `1a${key}00`).join("")}ff`, "hex"));
};

it.each<[string, (times: number) => Uint8Array, (length: number) => number]>([
  ["checking", (times) => repeat("a16161820102", times), (length) => kernel.check(length, DEPTH, false)],
  ["checking text", (times) => repeat(`7818c3a9${"61".repeat(20)}c3a9`, times), (length) => kernel.check(length, DEPTH, false)],
  ["checking empty pieces", (times) => repeat("5f404040ff", times), (length) => kernel.check(length, DEPTH, false)],
  ["making canonical", (times) => repeat("bf62616201416102039fffff", times), (length) => kernel.canonical(length, DEPTH)],
  ["sorting", members, (length) => kernel.canonical(length, DEPTH)],
  ["writing JSON", (times) => repeat("a2616162220a0161624401020304", times), (length) => kernel.cborToJson(length, DEPTH)],
  ["reading JSON", (times) => encoder.encode(`[${String.raw`{"b":1.25,"a":"\u00e9x"},`.repeat(times)}0]`), (length) => kernel.jsonToCbor(length, DEPTH)],
  ["projecting", (times) => repeat("a16161820102", times), (length) => kernel.find(length, DEPTH, 1)],
])("%s takes work that grows as the input does", (_, make, run) => {
  const small = work(make(1_000), run);
  const large = work(make(16_000), run);
  expect(small).toBeGreaterThan(1_000);
  // Sorting takes the logarithm of its length as well, which here is half as much again.
  expect(large / small).toBeGreaterThan(15);
  expect(large / small).toBeLessThan(24);
});
