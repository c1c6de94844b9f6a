import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { adaptPreview1 } from "../../host/cli/preview1.ts";
import { compileComponent } from "../../host/component/index.ts";

const PREVIEW1 = '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))';

const namesOf = (externs: readonly { readonly name: string }[]): string[] => externs.map(({ name }) => name);

/** What the component is that a module is made into. */
async function adapted(module: Uint8Array): Promise<{ imports: string[]; exports: string[] }> {
  const component = await compileComponent(await adaptPreview1(module, true));
  return { imports: namesOf(component.imports), exports: namesOf(component.exports) };
}

describe("a core module of WASI preview 1", () => {
  it("that is a program with folders becomes a component that runs over WASI 0.2", async () => {
    const { imports, exports } = await adapted(await parse(`(module ${PREVIEW1} (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 0))))`));
    expect(exports).toEqual([expect.stringMatching(/^wasi:cli\/run@0\.2\.\d+$/)]);
    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter((name) => !/^wasi:[a-z]+\/[a-z-]+@0\.2\.\d+$/.test(name))).toEqual([]);
    expect(imports).toContainEqual(expect.stringMatching(/^wasi:random\/random@/));
  });

  it("that is a program without folders stays as it is, and what is none becomes a component", async () => {
    const program = await parse(`(module ${PREVIEW1} (memory (export "memory") 1) (func (export "_start")))`);
    expect(await adaptPreview1(program, false)).toBe(program);
    const reactor = await parse(`(module ${PREVIEW1} (memory (export "memory") 1) (func (export "_initialize")))`);
    expect((await compileComponent(await adaptPreview1(reactor, false))).imports.length).toBeGreaterThan(0);
  });

  it("that is none, or imports something else as well, stays as it is", async () => {
    for (const text of ["(module)", '(module (import "env" "f" (func)))', `(module ${PREVIEW1} (import "extism:host/env" "alloc" (func (param i64) (result i64))))`]) {
      const bytes = await parse(text);
      expect(await adaptPreview1(bytes, true)).toBe(bytes);
    }
    const component = new Uint8Array(await parse("(component)"));
    expect(await adaptPreview1(component, true)).toBe(component);
  });

  it("that imports what preview 1 does not have is refused, with the reason", async () => {
    const wrong = await parse('(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i64))) (memory (export "memory") 1) (func (export "_start")))');
    await expect(adaptPreview1(wrong, true)).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("no component can be made of it") as unknown });
  });
});

const folder = process.env["DOTEROS_PREVIEW1"];
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".wasm")).map((name) => join(folder, name));
const PRESENCE = folder === undefined ? "were skipped: DOTEROS_PREVIEW1 names no folder of them, see test/README.md" : `are in the folder that DOTEROS_PREVIEW1 names: ${folder}`;

describe("modules of preview 1 that others made", () => {
  it.each([PRESENCE])("%s", () => expect(files.length > 0).toBe(folder !== undefined));

  it.each(files)("%s becomes a component", async (file) => {
    const { imports, exports } = await adapted(readFileSync(file));
    expect(imports.filter((one) => !/^wasi:[a-z]+\/[a-z-]+@0\.2\.\d+$/.test(one))).toEqual([]);
    expect(exports).toEqual([expect.stringMatching(/^wasi:cli\/run@0\.2\.\d+$/)]);
  });
});
