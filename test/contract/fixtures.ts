// Makes what the suite reads, on Node: components need jco and the AssemblyScript compiler, which no other runtime has to have.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "@bytecodealliance/jco";
import { withManifest, withPolicy } from "../../host/cli/build/manifest-section.ts";
import { buildScript } from "../../host/cli/javascript/build.ts";
import { echoText } from "../component/echo.ts";
import { COMPOSED, COUNTERS, EVERYTHING, FILES } from "../component/specimen.ts";
import { ASKING } from "../fixture/asking.ts";
import { componentOf } from "../fixture/component.ts";
import { copierTool } from "../fixture/copier.ts";
import { greeter } from "../fixture/greeter.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { pluginOf } from "../extism/plugin.ts";
import { VOWELS } from "../extism/vowels.ts";
import { GREEDY } from "./greedy.ts";
import { VALUES } from "./suite/values.ts";

const CAPSULES = ["aggregate", "counter", "enrich", "thermostat", "weather"];
const RULES = `package app
allow if input.user == "bob"
big := input.n + 1
at := time.now_ns()
chance := rand.intn("x", 1000000000)`;
const MANIFEST = "name: carried\nversion: 2.0.0\ncapabilities:\n  state: true\n  log: true\n  context: true\n  publish: [out]\n  request: [svc]\nsubscriptions: [do.it]\n";
const TOOL = { wit: "package demo:app; world tool { export run: func(); }", world: "tool" };
const STARTING = `(data (i32.const 280) "started")
  (func (export "doteros:capsule/starter@0.1.0#start") (result i32)
    (call $put (i32.const 280) (i32.const 7) (i32.const 256) (i32.const 5) (i32.const 64))
    (i32.const 64))`;

/** Each file, and how it is made. */
const FILES_MADE: Readonly<Record<string, (root: string) => Uint8Array | Promise<Uint8Array>>> = {
  "script.wasm": () => scriptCapsule({ pages: 2 }),
  "starting.wasm": () => scriptCapsule({ pages: 2, world: "starting-capsule", wat: STARTING }),
  "carrying.wasm": async () => withManifest(await scriptCapsule({ pages: 2 }), MANIFEST),
  "greedy.wasm": () => componentOf(GREEDY),
  "asking.wasm": async () => withPolicy(await componentOf(ASKING), RULES),
  "tool.wasm": () => componentOf('(module (func (export "run")))', TOOL),
  "copier.wasm": () => copierTool(),
  "greeter.wasm": () => greeter(),
  "core.wasm": () => parse("(module)"),
  "vowels.wasm": () => pluginOf(VOWELS),
  "echo-utf8.wasm": () => parse(echoText(VALUES.map(({ type }) => type), "utf8")),
  "echo-utf16.wasm": () => parse(echoText(["string"], "utf16")),
  "echo-latin1.wasm": () => parse(echoText(["string"], "latin1+utf16")),
  "counters.wasm": () => parse(COUNTERS),
  "files.wasm": () => parse(FILES),
  "composed.wasm": () => parse(COMPOSED),
  "everything.wasm": () => parse(EVERYTHING),
  ...Object.fromEntries(CAPSULES.map((name) => [`${name}.wasm`, (root: string) => readFileSync(join(root, ".build", "capsules", name, `${name}.wasm`))])),
  "weather.csv": (root) => readFileSync(join(root, "node_modules", "vega-datasets", "data", "weather.csv")),
  "meter.wasm": meter,
  "recorded.json": (root) => committed(root, "recorded.json"),
  "recorded.dwl": (root) => committed(root, "recorded.dwl"),
};

/** What goes into the example in TypeScript, beside the packages that package-lock.json names. */
const METER_PARTS = ["sdk/typescript", "host/cli/javascript", "wit/capsule.wit", "package-lock.json"];

/**
 * The example in TypeScript: an interpreter of two megabytes. Building it takes seconds and no two builds are the same, so it is
 * kept until something of it changes.
 */
async function meter(root: string): Promise<Uint8Array> {
  const hash = createHash("sha256");
  for (const part of METER_PARTS) for (const file of filesUnder(join(root, part))) hash.update(readFileSync(file));
  const kept = join(root, ".build", "contract", `meter-${hash.digest("hex").slice(0, 16)}.wasm`);
  if (existsSync(kept)) return readFileSync(kept);
  const folder = join(root, "sdk", "typescript", "example");
  const { component } = await buildScript({ file: join(folder, "src", "index.ts"), folder, wit: join(root, "wit"), world: "capsule", manifest: undefined, size: "fast" });
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(kept, component);
  return component;
}

function filesUnder(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place).sort().flatMap((name) => filesUnder(join(place, name)));
}

/** What is kept of the runs that were recorded; nothing before the first time. */
function committed(root: string, name: string): Uint8Array {
  const file = join(root, "test", "contract", name);
  return existsSync(file) ? readFileSync(file) : new Uint8Array();
}

/** Makes all files, and writes them to a folder when that is given. */
export async function makeFiles(root: string, folder?: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, make] of Object.entries(FILES_MADE)) files.set(name, new Uint8Array(await make(root)));
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  }
  return files;
}
