// Compiles the plug-in for Extism with the AssemblyScript compiler that compiles our capsules.
import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const OPTIONS = ["--optimizeLevel", "3", "--shrinkLevel", "1", "--runtime", "stub", "--use", "abort="];
let compiled;

/** The plug-in's bytes. */
export async function compilePlugin() {
  compiled ??= await compile(readFileSync(new URL("extism-plugin.ts", import.meta.url), "utf8"));
  return compiled;
}

/** @param {string} source */
async function compile(source) {
  let binary;
  const { error, stderr } = await asc.main(["plugin.ts", "--outFile", "plugin.wasm", ...OPTIONS], {
    readFile: (name) => (name === "plugin.ts" ? source : null),
    writeFile: (_name, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString(), { cause: error });
  return binary;
}
