import type { Extern } from "../../component/type.ts";
import type { Memory } from "../build/transform.ts";
import type { CoreExport } from "./export-code.ts";
import { SDK } from "./source-file.ts";

/** The interfaces that the SDK has by hand, and better than they can be generated. */
const IMPORTS = ["types", "state", "series", "messaging", "policy", "context"].map((name) => `doteros:capsule/${name}@0.1.0`);
const LOGGING = "wasi:logging/logging@0.1.0-draft";
const HANDLER = "doteros:capsule/handler@0.1.0";
const STARTER = "doteros:capsule/starter@0.1.0";
const ALL: ReadonlySet<string> = new Set([...IMPORTS, LOGGING, HANDLER, STARTER]);

/** Whether the SDK serves an interface, so that nothing is generated for it. */
export function isServed({ name }: Extern): boolean {
  return ALL.has(name);
}

/** The name of the file in assembly/ that exports what a capsule does. */
const CAPSULE_FILE = "index";

/** What the SDK puts between the host and a capsule's own functions: text for entry.ts, and what it exports. */
export function servedExports(exports: readonly Extern[], memory: Memory): { readonly lines: readonly string[]; readonly exports: readonly CoreExport[] } {
  const served = exports.filter(({ name }) => name === HANDLER || name === STARTER);
  const lines = served.flatMap(({ name }) => (name === HANDLER ? handlerLines() : starterLines()));
  const wanted = served.map(({ name }) => ({ file: "", name: name === HANDLER ? "_handle" : "_start", wanted: `${name}#${name === HANDLER ? "handle" : "start"}` }));
  if (memory === "call" || served.length === 0) return { lines, exports: wanted };
  // A collector may run only when the host has read the outcome.
  const posts = wanted.map((one) => ({ file: "", name: `${one.name}Post`, wanted: `cabi_post_${one.wanted}` }));
  return { lines: [...lines, ...postLines(posts.map(({ name }) => name))], exports: [...wanted, ...posts] };
}

/** Core parameters of `handler.handle`: the fields of a message. */
const PARAMETERS = 15;

function handlerLines(): string[] {
  const params = Array.from({ length: PARAMETERS }, (_, index) => `p${index}`);
  return [
    `import { handle } from "../${CAPSULE_FILE}";`,
    `import { begin as _beginHandle, end as _endHandle } from "${SDK}/handler";`,
    "",
    `export function _handle(${params.map((name) => `${name}: i32`).join(", ")}): i32 {`,
    `  handle(_beginHandle(${params.join(", ")}));`,
    "  return <i32>_endHandle();",
    "}",
    "",
  ];
}

function postLines(names: readonly string[]): string[] {
  return [
    `import { endCall as _endCall } from "${SDK}/memory";`,
    "",
    ...names.flatMap((name) => [`export function ${name}(at: i32): void {`, "  _endCall();", "}", ""]),
  ];
}

function starterLines(): string[] {
  return [
    `import { start } from "../${CAPSULE_FILE}";`,
    `import { begin as _beginStart, end as _endStart } from "${SDK}/starter";`,
    "",
    "export function _start(): i32 {",
    "  _beginStart();",
    "  start();",
    "  return <i32>_endStart();",
    "}",
    "",
  ];
}
