// Makes a component of counter.ts beside this file, whose strings are UTF-8 because it only passes their bytes on, and
// writes it to the file that is named. In a process of its own: the compiler leaves a large heap and busy threads behind.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew } from "@bytecodealliance/jco";
import { witText } from "../../dist/cli/bindgen/wit-text.js";
import { compileCore } from "../../dist/cli/build/compile.js";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const EXPORTS = { handle: "doteros:capsule/handler@0.1.0#handle", cabi_realloc: "cabi_realloc", memory: "memory" };

const [, , file] = process.argv;
const { core } = await compileCore({ folder: FOLDER, entry: "counter.ts", exports: EXPORTS, memory: "call" });
const { text } = await witText(fileURLToPath(new URL("../../wit", import.meta.url)));
writeFileSync(file, await componentNew(await componentEmbed({ binary: core, witSource: text, world: "capsule", stringEncoding: "utf8" })));
