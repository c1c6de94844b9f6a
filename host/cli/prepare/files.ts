import type { Manifest, ResourceLimits } from "../../contract/manifest.ts";
import type { CapsuleParts, HostModule } from "../../edge.ts";

/** What the worker is to load the capsule with. */
export interface WorkerSettings {
  /** Undefined when it has none: then it is what it is granted. */
  readonly manifest: Manifest | undefined;
  readonly grants: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: Partial<ResourceLimits>;
  /** The headers of requests that the capsule sees. */
  readonly headers: readonly string[];
}

/** All that is written. */
export interface WorkerParts {
  readonly capsule: CapsuleParts;
  readonly hostModules: Readonly<Record<HostModule, Uint8Array>>;
  /** The text of the host, a module that needs nothing else. */
  readonly host: Uint8Array;
  readonly settings: WorkerSettings;
}

/** From when on workerd has all that the host uses. */
const COMPATIBILITY_DATE = "2025-05-05";

/** The files of a worker that serves a capsule, by their names. */
export function workerFiles({ capsule, hostModules, host, settings }: WorkerParts): Map<string, string | Uint8Array> {
  const cores = capsule.modules.map(({ bytes }, index) => [`core${index}.wasm`, bytes] as const);
  const own = Object.entries(hostModules).map(([name, bytes]) => [`host-${name}.wasm`, bytes] as const);
  const modules = new Map<string, string | Uint8Array>([
    ["worker.mjs", workerText(capsule, Object.keys(hostModules), settings)],
    ["capsule.mjs", capsuleText(capsule, settings.manifest)],
    ["host.mjs", host],
    ...cores,
    ...own,
  ]);
  return new Map([...modules, ["workerd.capnp", workerdText([...modules.keys()])]]);
}

/** The worker. It is read by people, who may change what the capsule is loaded with. */
function workerText({ modules }: CapsuleParts, own: readonly string[], { manifest, ...options }: WorkerSettings): string {
  const cores = modules.map((_, index) => `core${index}`);
  const names = [...cores, ...own.map((name) => `host-${name}`)];
  const variable = (name: string): string => name.replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
  const used = own.map((name) => `${name}: ${variable(`host-${name}`)}`);
  const lines = Object.entries(options).filter(([, value]) => Object.keys(value).length > 0).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
  return [
    "// Serves a capsule: POST /SUBJECT is a message. Written by doteros-wasm prepare; what follows serveCapsule( may be changed.",
    `import { ${manifest === undefined ? "" : "manifest, "}prepared } from "./capsule.mjs";`,
    'import { serveCapsule, useHostModules } from "./host.mjs";',
    ...names.map((name) => `import ${variable(name)} from "./${name}.wasm";`),
    "",
    `useHostModules({ ${used.join(", ")} });`,
    "",
    `export default serveCapsule(prepared([${cores.join(", ")}]), {`,
    ...(manifest === undefined ? [] : ["  manifest,"]),
    ...lines,
    "  host: { log: ({ capsule, level, message }) => console.log(`${level} ${capsule}: ${message}`) },",
    "});",
    "",
  ].join("\n");
}

/** What is known of the capsule, as data. */
function capsuleText({ digest, plan, modules }: CapsuleParts, manifest: Manifest | undefined): string {
  return [
    "// A capsule without its code, as data. Written by doteros-wasm prepare.",
    `const digest = ${JSON.stringify(digest)};`,
    `const plan = ${JSON.stringify(Buffer.from(plan).toString("base64"))};`,
    "const modules = [",
    ...modules.map(({ digest: before, metering }) => `  ${JSON.stringify({ digest: before, metering })},`),
    "];",
    ...(manifest === undefined ? [] : ["", `export const manifest = ${JSON.stringify(manifest, undefined, 2)};`]),
    "",
    "/** The capsule, with its core modules compiled. */",
    "export const prepared = (compiled) => ({",
    "  digest,",
    "  plan: Uint8Array.from(atob(plan), (character) => character.charCodeAt(0)),",
    "  modules: modules.map((part, index) => ({ ...part, module: compiled[index] })),",
    "});",
    "",
  ].join("\n");
}

/** A configuration of workerd, which has it at http://127.0.0.1:8080. */
function workerdText(names: readonly string[]): string {
  const module = (name: string): string => `    (name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${name}"),`;
  return [
    "# workerd serve workerd.capnp",
    'using Workerd = import "/workerd/workerd.capnp";',
    "",
    "const config :Workerd.Config = (",
    '  services = [(name = "capsule", worker = .capsule)],',
    '  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "capsule")],',
    ");",
    "",
    "const capsule :Workerd.Worker = (",
    "  modules = [",
    ...names.map(module),
    "  ],",
    `  compatibilityDate = "${COMPATIBILITY_DATE}",`,
    ");",
    "",
  ].join("\n");
}
