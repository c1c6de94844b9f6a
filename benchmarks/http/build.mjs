// Makes a component of hello.ts beside this file, for the world that its WIT describes, and writes it to the file that is named. In a
// process of its own: the compiler leaves a large heap and busy threads behind.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateBindings } from "../../dist/cli/bindgen/generate.js";
import { componentTool, STRINGS } from "../../dist/cli/bindgen/tool.js";
import { plainWit } from "../../dist/cli/bindgen/wit-text.js";
import { readWorld } from "../../dist/cli/bindgen/world.js";
import { compileCore } from "../../dist/cli/build/compile.js";

const WORLD = "package bench:web;\nworld web { import wasi:http/types@0.2.3; export wasi:http/incoming-handler@0.2.3; }\n";
const [, , file] = process.argv;
const folder = join(dirname(file), "hello");
const wit = [WORLD, ...["io", "http"].map((name) => readFileSync(new URL(`../../test/dialect/wit/${name}.wit`, import.meta.url), "utf8"))].join("\n");
const { files, exports, memory } = generateBindings(await readWorld(plainWit(wit), "web"), "web", {});
for (const [name, text] of files) {
  const path = join(folder, "bindings", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
copyFileSync(fileURLToPath(new URL("hello.ts", import.meta.url)), join(folder, "incoming-handler.ts"));
const { core } = await compileCore({ folder, entry: "bindings/entry.ts", others: [], exports, memory });
const { componentEmbed, componentNew } = await componentTool();
writeFileSync(file, await componentNew(await componentEmbed({ binary: core, witSource: wit, world: "web", stringEncoding: STRINGS })));
