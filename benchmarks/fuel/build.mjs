// Makes a core module of work.ts beside this file and writes it to the file that is named. In a process of its own: the compiler
// leaves a large heap and busy threads behind.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const OPTIONS = "--optimizeLevel 3 --shrinkLevel 0 --noAssert --converge --runtime stub --use abort= --initialMemory 16".split(" ");

const [, , file] = process.argv;
const words = ["work.ts", ...OPTIONS, "--baseDir", fileURLToPath(new URL(".", import.meta.url)), "--outFile", "work.wasm"];
const report = [];
const { error } = await main(words, {
  stdout: { write() {} },
  stderr: { write: (text) => void report.push(text) },
  writeFile: (_name, bytes) => writeFileSync(file, bytes),
});
if (error !== null) throw new Error(report.join(""), { cause: error });
