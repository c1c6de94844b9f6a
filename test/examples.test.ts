import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".build/examples");

/** An example of a doc comment, with the file it stands in. */
interface Example {
  readonly file: string;
  readonly line: number;
  readonly lines: readonly string[];
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^( *) \* @example\n\1 \* ```ts\n(.*?)\1 \* ```/gmsu)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length,
    lines: (match[2] ?? "").split("\n").map((line) => line.replace(/^ * \* ?/u, "")),
  }));
}

/** What a comment behind a statement says the statement's value is; undefined when it is only a remark. */
function expectation(line: string): { readonly statement: string; readonly value: string } | undefined {
  const match = /^(?!const |let )(\S.*?); \/\/ (.+)$/u.exec(line);
  if (match === null) return undefined;
  const value = /^(true|false|undefined|-?\d[\d_.]*n?|"[^"]*"|\{.*\}|\[.*\])/u.exec(match[2] ?? "")?.[1];
  return value === undefined ? undefined : { statement: match[1] ?? "", value };
}

/** The example as a module: what its file exports is in scope, as are the linker, the kernels, the policy engine, the door for Node and `bytes`, a capsule. */
function moduleOf({ file, lines }: Example): string {
  const declared = new Set(lines.flatMap(declaredIn));
  const body = lines.map((line) => {
    const failing = /^(\S.*); \/\/ throws\b/u.exec(line)?.[1];
    if (failing !== undefined) return `expect(() => ${failing}).toThrow();`;
    const expected = expectation(line);
    return expected === undefined ? line : `expect(${expected.statement}).toEqual(${expected.value});`;
  });
  return [
    'import { readFileSync } from "node:fs";',
    'import { expect } from "vitest";',
    'import * as linker from "../../host/component/index.ts";',
    'import * as kernels from "../../host/kernel/index.ts";',
    'import * as door from "../../host/node.ts";',
    'import * as rego from "../../host/policy/rego/index.ts";',
    `import * as own from "../../${file}";`,
    'const bytes = readFileSync(new URL("../capsules/counter/counter.wasm", import.meta.url));',
    "const scope = { ...linker, ...kernels, ...rego, ...door, ...own };",
    `const { ${namesIn(lines).filter((name) => !declared.has(name)).join(", ")} } = scope;`,
    "export async function run() {",
    ...body,
    "}",
  ].join("\n");
}

/** The names that a line declares. */
function declaredIn(line: string): string[] {
  const [, several, one] = /\b(?:const|let) (?:\{([^}]*)\}|(\w+))/u.exec(line) ?? [];
  return (several ?? one ?? "").split(",").map((name) => name.trim());
}

/** Words that may be exported names; those that are not come out undefined, and are globals or properties. */
function namesIn(lines: readonly string[]): string[] {
  const words = lines.join("\n").replaceAll(/"[^"]*"|\/\/.*|\.\w+/gu, "").matchAll(/\b[A-Za-z]\w*\b(?!:)/gu);
  const known = new Set(["bytes", "typeof", "const", "let", "new", "await", "if", "throw", "return", "undefined", "true", "false", "string", "String", "Uint8Array", "WebAssembly", "Promise", "Map", "console"]);
  return [...new Set([...words].map(([word]) => word))].filter((word) => !known.has(word));
}

// What examples of another version left there is not for these.
rmSync(folder, { recursive: true, force: true });

const files = readdirSync(join(root, "host"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const examples = files.flatMap((file) => examplesOf(`host/${file}`));

it("there are examples to run", () => expect(examples.length).toBeGreaterThan(8));

it.each(examples)("the example in $file, line $line, does what it says", async (example) => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${example.file.replaceAll("/", "-")}-${example.line}.ts`);
  writeFileSync(path, moduleOf(example));
  const { run } = (await import(path)) as { run: () => Promise<void> };
  await expect(run()).resolves.toBeUndefined();
});
