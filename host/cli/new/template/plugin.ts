import type { Language, Plan } from "../plan.ts";
import { frameFiles, sourceFile } from "./frame.ts";

const WIT = `package example:plugin@0.1.0;

/// What a plugin does for its host.
interface text {
  /// Makes a title of a text: \`hello world\` becomes \`Hello World\`.
  title: func(text: string) -> string;
}

/// A plugin: it imports nothing, so it can touch nothing.
world plugin {
  export text;
}
`;

const SOURCE: Readonly<Record<Language, { readonly file: string; readonly text: string }>> = {
  typescript: {
    file: sourceFile("typescript"),
    text: `/** The interface \`text\` of wit/plugin.wit. */
export const text = {
  title: (words: string): string => words.replaceAll(/(?<!\\S)\\S/gu, (first) => first.toUpperCase()),
};
`,
  },
  javascript: {
    file: sourceFile("javascript"),
    text: `/** The interface \`text\` of wit/plugin.wit. */
export const text = {
  title: (words) => words.replaceAll(/(?<!\\S)\\S/gu, (first) => first.toUpperCase()),
};
`,
  },
  assemblyscript: {
    file: "assembly/text.ts",
    text: `/** The interface \`text\` of wit/plugin.wit. */
export function title(text: string): string {
  const words = text.split(" ");
  for (let index = 0; index < words.length; index++) {
    words[index] = words[index].charAt(0).toUpperCase() + words[index].substring(1);
  }
  return words.join(" ");
}
`,
  },
};

/** The project of a component for a world of its own, and of a host that calls it. */
export function pluginProject(plan: Plan): Record<string, string> {
  const { name, language } = plan;
  const { file, text } = SOURCE[language];
  return {
    ...frameFiles(plan, { build: `doteros-wasm build . --wit wit --world plugin --out ${name}.wasm`, start: "node host.js" }),
    "wit/plugin.wit": WIT,
    [file]: text,
    "host.js": hostText(name),
    "test/plugin.test.js": TEST,
    "README.md": readme(name, file),
  };
}

const hostText = (name: string): string => `import { readFile } from "node:fs/promises";
import { compileComponent } from "doteros-wasm/component";

// A host in five lines: it gives the plugin nothing, and calls what the plugin exports.
const component = await compileComponent(await readFile(new URL("${name}.wasm", import.meta.url)));
const { exports } = await component.instantiate();

/** The interface \`text\` of the plugin. */
export const text = exports["example:plugin/text@0.1.0"];

console.log(text.title("the plugin says hello"));
`;

const TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { text } from "../host.js";

test("makes a title", () => {
  assert.equal(text.title("hello  wide world"), "Hello  Wide World");
  assert.equal(text.title(""), "");
  assert.equal(text.title("élan"), "Élan");
});
`;

const readme = (name: string, file: string): string => `# ${name}

A plugin: a WebAssembly component for a world of its own, \`wit/plugin.wit\`. It imports nothing, so it can touch nothing.

    npm install       # the tools, once
    npm test          # builds ${name}.wasm and calls it
    npm start         # builds it and runs host.js, which calls it

The code is in \`${file}\`. Change the world first: what it imports, its host must give it.
`;
