import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compileCore, type Compiled } from "../../host/cli/build/compile.ts";

const PANIC = 'export { panic } from "doteros-wasm/sdk/assemblyscript/panic";';
const BUILD = join(import.meta.dirname, "..", "..", ".build");

/** Compiles one file. */
async function compile(source: string): Promise<Compiled> {
  await mkdir(BUILD, { recursive: true });
  const folder = await mkdtemp(join(BUILD, "compile-"));
  try {
    await writeFile(join(folder, "index.ts"), `${source}\n${PANIC}`);
    return await compileCore({ folder, entry: "index.ts", exports: { add: "test:math/sums@1.0.0#add" }, memory: "call" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ADD = "export function add(a: i32, b: i32): i32 { return a + b; }";

it("gives exports the names of the canonical ABI, and keeps others inside", async () => {
  const module = await WebAssembly.compile(new Uint8Array((await compile(`${ADD} export function other(): void {}`)).core));
  expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(["test:math/sums@1.0.0#add"]);
}, 300_000);

it.each([
  ["a missing export", "export function sub(): void {}", "do not export add"],
  ["a start function where none may be", `const all = new Array<i32>(3); ${ADD} export function use(): i32 { return all.length; }`, "a global is not a constant"],
  ["what does not compile, by file, line and column", `${ADD}\nlet x: i32 = "text";`, "index.ts:2:14: Type '~lib/string/String' is not assignable to type 'i32'. (AS2322)\n  2 | let x: i32 = \"text\";\n                   ^^^^^^"],
  ["a global that would refer to what is gone", `let last: string | null = null; ${ADD} export function set(): void { last = 5.5.toString(); }`, "the global index/last is not a constant"],
])("refuses %s", async (_, source, message) => {
  await expect(compile(source)).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining(message) as unknown });
}, 300_000);
