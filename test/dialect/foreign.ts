import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildScript } from "../../host/cli/javascript/build.ts";
import { componentOf, ownWit } from "../fixture/component.ts";
import { inFolder } from "../typescript/building.ts";

/** A component in JavaScript for other people's interfaces. */
interface Foreign {
  /** The packages of its world: files of `wit/`, or WIT. */
  readonly packages: readonly string[];
  readonly imports: readonly string[];
  /** What it handles messages with, one or more; default: this project's own handler. */
  readonly exports?: string | readonly string[];
  /** The module: what the handler is, and does. */
  readonly code: string;
}

// The engine replaces what is named WASI's by stubs that trap, so that goes by another name until the component is made.
const NAME = "wasi:";
const STAND_IN = "wazi:";
const standIn = (text: string): string => text.replaceAll(NAME, STAND_IN);

/** A package of WIT that a test has written down, with some words of it replaced. */
export function witOf(name: string, replaced: Readonly<Record<string, string>> = {}): string {
  let text = readFileSync(join(import.meta.dirname, "wit", `${name}.wit`), "utf8");
  for (const [word, value] of Object.entries(replaced)) text = text.replaceAll(word, value);
  return text;
}

/** A component of a core module in the text format, which imports other people's interfaces beside this project's own. */
export function foreignText(wat: string, { packages, imports, exports = HANDLER }: Omit<Foreign, "code">): Promise<Uint8Array> {
  const own = ownWit().replace(/^package (.*);$/m, "package $1 {").replace(/^(?=package wasi:)/m, "}\n");
  return componentOf(wat, { world: "foreign", wit: [worldText(imports, exports), own, ...packages].join("\n") });
}

function worldText(imports: readonly string[], exports: string | readonly string[]): string {
  return `package test:foreign;\nworld foreign {\n${imports.map((name) => `  import ${name};\n`).join("")}${[exports].flat().map((name) => `  export ${name};\n`).join("")}}\n`;
}

const HANDLER = "doteros:capsule/handler@0.1.0";
const PUBLISH = "doteros:capsule/messaging@0.1.0";

/**
 * The module of a component that does what its message says, by name, and publishes on `out` what comes of it as JSON: bytes as
 * text, integers of 64 bits with an `n`, what a call answers with as `{ error }`.
 *
 * @param imports statements that import what `cases` uses
 * @param cases an object of functions, as text
 */
export function casesModule(imports: string, cases: string): string {
  return `${imports}
import { publish } from "${PUBLISH}";
const bytes = (text) => new Uint8Array(Array.from(text, (character) => character.charCodeAt(0)));
const text = (data) => Array.from(data, (byte) => String.fromCharCode(byte)).join("");
const plain = (key, value) => {
  if (typeof value === "bigint") return String(value) + "n";
  if (value instanceof Uint8Array) return text(value);
  return value === undefined ? null : value;
};
const attempt = (call) => {
  try { return call(); } catch (error) { return { error: error.payload ?? error }; }
};
const tell = (value) => publish({ subject: "out", replyTo: undefined, contentType: undefined, dataType: undefined, headers: [], payload: bytes(JSON.stringify(value ?? null, plain)) });
const cases = ${cases};
export const handler = { handle: (message) => tell(cases[text(message.payload)](message)) };
`;
}

/** Makes the component. */
export async function foreignComponent({ packages, imports, exports = HANDLER, code }: Foreign): Promise<Uint8Array> {
  const own = (...path: string[]): string => readFileSync(join(import.meta.dirname, "..", "..", "wit", ...path), "utf8");
  const files = {
    "app.js": standIn(code),
    "wit/world.wit": standIn([worldText(imports, exports), ...packages].join("\n")),
    "wit/deps/capsule/capsule.wit": standIn(own("capsule.wit")),
    "wit/deps/logging/logging.wit": standIn(own("deps", "wasi-logging", "logging.wit")),
  };
  return inFolder(files, async (folder) => {
    const built = await buildScript({ file: join(folder, "app.js"), folder, wit: join(folder, "wit"), world: "foreign", manifest: undefined, size: "fast" });
    const bytes = Buffer.from(built.component);
    for (let at = bytes.indexOf(STAND_IN); at >= 0; at = bytes.indexOf(STAND_IN, at)) bytes.write(NAME, at, "latin1");
    return new Uint8Array(bytes);
  });
}
