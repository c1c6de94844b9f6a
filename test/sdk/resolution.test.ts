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
  let wasm = new Uint8Array();
  const runtime = "node_modules/doteros-wasm/sdk/assemblyscript/arena";
  const { error } = await main(["index.ts", "--baseDir", folder, "--runtime", runtime, "--outFile", "out.wasm", "--use", "abort="], {
    writeFile: (_, bytes) => {
      if (typeof bytes !== "string") wasm = new Uint8Array(bytes);
    },
  });
  await rm(folder, { recursive: true });
  expect(error).toBeNull();
  const { length } = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as unknown as { length: () => number };
  expect(length()).toBe(3);
}, 300_000);
