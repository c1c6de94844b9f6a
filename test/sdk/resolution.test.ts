import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main } from "assemblyscript/asc";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

// Who does not use `build` has the package in node_modules, where the compiler and editors look for it.
it("the compiler on its own finds the SDK in an installed package", async () => {
  await mkdir(join(ROOT, ".build"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, ".build", "installed-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(ROOT, join(folder, "node_modules", "doteros-wasm"), "junction");
  await writeFile(join(folder, "index.ts"), 'import { bytesOf, Json } from "doteros-wasm/sdk/assemblyscript";\nexport function length(): i32 { return Json.read(bytesOf("[1, 2, 3]"))!.length; }\n');
  const found: string[] = [];
  const runtime = "node_modules/doteros-wasm/sdk/assemblyscript/arena";
  const { error, stderr } = await main(["index.ts", "--baseDir", folder, "--runtime", runtime, "--outFile", "out.wasm", "--use", "abort="], {
    writeFile: (name, bytes) => void (typeof bytes === "string" ? 0 : found.push(`${name} ${String(new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports["length"])}`)),
  });
  await rm(folder, { recursive: true });
  expect([error, stderr.toString()]).toEqual([null, ""]);
  expect(found).toHaveLength(1);
}, 300_000);
