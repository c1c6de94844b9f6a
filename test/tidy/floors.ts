import type { Import, Module } from "./module.ts";

/** Where a file of host/ lives: the room's name and its height. Wings stand beside the house. */
interface Room {
  readonly name: string;
  readonly floor: number;
}

const FLOORS: readonly (readonly string[])[] = [
  ["contract"],
  ["wasm"],
  ["component", "kernel"],
  ["bus", "store", "ledger", "policy"],
  ["capability"],
  ["runtime"],
  ["host.ts"],
  // The folders are parts of doors: the two ends of that of browsers, a page and a worker; what answers requests; what is small.
  ["index.ts", "lite.ts", "lite", "edge.ts", "node.ts", "node-thread.ts", "node-network.ts", "node-http.ts", "deno.ts", "bun.ts", "browser.ts", "browser", "edge"],
  ["cli"],
];
const DOORS = 7;
const RUNTIME_DOOR = /^host\/(?:(?:node|node-thread|node-network|node-http|deno|bun|browser)\.ts$|browser\/)/;

/** Loads an optional peer by a name that bundlers must not follow, and what that writes. */
const LOADS_ON_DEMAND: ReadonlySet<string> = new Set(["host/component/jco.ts"]);
/** The packages a neutral floor may use: those that are plain ECMAScript and run everywhere. */
const NEUTRAL_PACKAGES: ReadonlySet<string> = new Set([
  "yaml",
  "@noble/ed25519",
  "re2js",
  "@cfworker/json-schema",
  "@noble/hashes/hmac.js",
  "@noble/hashes/legacy.js",
  "@noble/hashes/sha2.js",
  "@noble/curves/ed25519.js",
  "@noble/curves/nist.js",
]);

/** Every import that goes up, sideways or out of the house, with the reason. */
export function floorFaults(modules: ReadonlyMap<string, Module>): string[] {
  return [...modules.values()].flatMap((module) =>
    module.imports.flatMap((use) => {
      const fault = faultOf(module.path, use);
      return fault === undefined ? [] : [`${module.path}:${use.line}: ${fault}`];
    }),
  );
}

/** The files of host/ that belong to no floor. */
export function homeless(modules: ReadonlyMap<string, Module>): string[] {
  return [...modules.keys()]
    .filter((path) => path.startsWith("host/") && roomOf(path) === undefined)
    .map((path) => `${path}: belongs to no floor of the house`);
}

function faultOf(path: string, use: Import): string | undefined {
  if (path.startsWith("host/")) return hostFault(path, use);
  if (/^(?:capsules-as|sdk\/assemblyscript)\/.*\.ts$/.test(path)) return assemblyFault(path, use);
  if (/^sdk\/typescript\/(?!example\/)/.test(path)) return scriptSdkFault(use);
  if (path === ".ci/prepare.mjs" || path === ".ci/test.mjs") return scriptFault(use);
  return undefined;
}

function hostFault(path: string, { specifier, target }: Import): string | undefined {
  const from = roomOf(path);
  if (from === undefined) return undefined; // homeless() names it
  if (specifier === undefined) return isNeutral(path) && !LOADS_ON_DEMAND.has(path) ? "imports a name that is computed at run time" : undefined;
  if (!specifier.startsWith(".")) return packageFault(path, specifier);
  // What a build made lies in a folder that git does not keep, and so the tree does not hold it.
  if (target === undefined && /^\.\/generated\/[\w-]+\.ts$/.test(specifier)) return undefined;
  if (target === undefined) return `imports ${specifier}, which is not there`;
  const to = roomOf(target);
  if (to === undefined) return `imports ${target}, which is outside the house`;
  return roomFault(path, from, target, to);
}

function roomFault(path: string, from: Room, target: string, to: Room): string | undefined {
  if (from.name === to.name) return undefined;
  if (isPlatform(path)) return to.name === "contract" ? undefined : `a platform knows only the contract, not ${target}`;
  if (isPlatform(target)) return RUNTIME_DOOR.test(path) ? undefined : `only the door of a runtime imports ${target}`;
  if (to.floor > from.floor) return `imports ${target}, which is above it`;
  return to.floor === from.floor ? `imports ${target}, its sibling` : undefined;
}

function packageFault(path: string, specifier: string): string | undefined {
  const builtin = specifier.startsWith("node:");
  if (builtin && /^host\/(?:browser\.ts|browser\/|platform\/browser\/)/.test(path)) return `imports ${specifier} into a browser`;
  if (!isNeutral(path)) return undefined;
  if (builtin) return `imports ${specifier} on a floor that names no runtime`;
  return NEUTRAL_PACKAGES.has(specifier) ? undefined : `imports the package ${specifier} on a neutral floor`;
}

/** capsules-as → sdk/assemblyscript → wit. */
function assemblyFault(path: string, { specifier = "a computed name", target }: Import): string | undefined {
  // What build writes beside the sources of a capsule with a world of its own.
  if (/^\.{1,2}\/bindings\//.test(specifier)) return undefined;
  if (target === undefined) return `imports ${specifier}, which is not there`;
  if (target.startsWith("sdk/assemblyscript/")) return undefined;
  return path.startsWith("capsules-as/") && target.startsWith("capsules-as/") ? undefined : `imports ${target}, which is above it`;
}

/** What runs inside a TypeScript capsule knows itself and the host's functions. */
function scriptSdkFault({ specifier = "a computed name", target }: Import): string | undefined {
  if (target?.startsWith("sdk/typescript/") === true || /^(?:doteros|wasi):/.test(specifier)) return undefined;
  return `imports ${specifier}, which is outside a capsule`;
}

/** These scripts start before anything is installed. */
function scriptFault({ specifier = "a computed name" }: Import): string | undefined {
  return /^(?:node:|\.\/)/.test(specifier) ? undefined : `imports ${specifier}, but nothing is installed when it starts`;
}

const isPlatform = (path: string): boolean => path.startsWith("host/platform/");

function isNeutral(path: string): boolean {
  const room = roomOf(path);
  return room !== undefined && !isPlatform(path) && (room.floor < DOORS || path === "host/index.ts" || /^host\/edge[./]/.test(path));
}

function roomOf(path: string): Room | undefined {
  const [top, first = "", second = ""] = path.split("/");
  if (top !== "host") return undefined;
  if (first === "platform") return { name: `platform/${second}`, floor: 0 };
  const floor = FLOORS.findIndex((rooms) => rooms.includes(first));
  if (floor < 0) return undefined;
  // The doors share a room: a runtime's door opens onto the neutral one.
  return { name: floor === DOORS ? "doors" : first, floor };
}
