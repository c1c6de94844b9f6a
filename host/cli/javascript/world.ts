import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import { unreadable } from "../file.ts";
import type { HostFunctions } from "./host-functions.ts";

// The engine imports all of WASI, and what is named so is replaced by stubs that trap: logging, too. So it goes by another
// name until the component is made, one of the same length, so that nothing in the component moves.
const LOGGING = "wasi:logging";
const STAND_IN = "wazi:logging";
/** The world that is written for a capsule, and the package it is in, whose own interfaces it names without that. */
const BUILT = "built";
const PACKAGE = "doteros:capsule";
const VERSION = "0.1.0";
const PACKAGE_LINE = /^package ([^;@]+)(@[^;]*)?;/mu;

/** A folder of WIT for the engine, and the world in it. */
export interface EngineWorld {
  readonly folder: string;
  readonly world: string;
}

/** What a capsule imports and exports. */
export interface CapsuleWorld {
  readonly imports: HostFunctions;
  /** Whether it wants to be called before its first message. */
  readonly starts: boolean;
}

/**
 * Does `work` with the WIT of `folder` as the engine needs it, in a folder that is gone afterwards: with the world named, or
 * with one that has exactly the imports given.
 *
 * @throws DoterosError `unreadable-input`
 */
export async function withEngineWorld<T>(folder: string, wanted: string | CapsuleWorld, work: (world: EngineWorld) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), "doteros-wasm-wit-"));
  try {
    await cp(folder, copy, { recursive: true }).catch(async (error: unknown) => {
      throw await unreadable(folder, "the folder of WIT", error);
    });
    const imports: HostFunctions = typeof wanted === "string" ? new Map<string, "all">() : wanted.imports;
    await rewrite(copy, (text) => withStandIn(withoutUnused(text, imports)));
    if (typeof wanted === "string") return await work({ folder: copy, world: wanted });
    await refuseUnknown(copy, imports);
    await writeFile(join(copy, `${BUILT}.wit`), worldText(wanted));
    return await work({ folder: copy, world: BUILT });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The text, WIT or JavaScript, with the name that logging has for the engine. */
export function withStandIn(text: string): string {
  return text.replaceAll(LOGGING, STAND_IN);
}

/** The component with logging's own name again. */
export function withoutStandIn(component: Uint8Array): Uint8Array {
  const bytes = Buffer.from(component);
  for (let at = bytes.indexOf(STAND_IN); at >= 0; at = bytes.indexOf(STAND_IN, at)) bytes.write(LOGGING, at, "latin1");
  return new Uint8Array(bytes);
}

async function rewrite(folder: string, change: (text: string) => string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".wit")) continue;
    const path = join(entry.parentPath, entry.name);
    await writeFile(path, change(await readFile(path, "utf8")));
  }
}

/** @throws DoterosError `invalid` for interfaces that the WIT does not have */
async function refuseUnknown(folder: string, imports: HostFunctions): Promise<void> {
  const known = new Set<string>();
  await rewrite(folder, (text) => {
    const [, packageName = "", version = ""] = PACKAGE_LINE.exec(text) ?? [];
    for (const [, name = ""] of text.matchAll(/^interface ([\w-]+)/gmu)) known.add(`${packageName}/${name}${version}`);
    return text;
  });
  const unknown = [...imports.keys()].filter((name) => !known.has(withStandIn(name)));
  if (unknown.length === 0) return;
  throw new DoterosError("invalid", `the sources import what a capsule does not have: ${unknown.join(", ")}`, {
    help: "import what you need from doteros-wasm/sdk; for a world of your own: --wit DIR --world NAME",
  });
}

/** A text of WIT in which the interfaces that are imported in part have only the functions that are used. */
function withoutUnused(text: string, imports: HostFunctions): string {
  const [, packageName = "", version = ""] = PACKAGE_LINE.exec(text) ?? [];
  return text.replaceAll(/^interface ([\w-]+) \{$.*?^\}$/gmsu, (block: string, name: string) => {
    const used = imports.get(`${packageName}/${name}${version}`);
    if (used === undefined || used === "all") return block;
    return block.replaceAll(/^ *%?([\w-]+): func\([^;]*;/gmu, (line: string, label: string) => (used.has(camelCase(label)) ? line : ""));
  });
}

function camelCase(label: string): string {
  return label.replaceAll(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
}

function worldText({ imports, starts }: CapsuleWorld): string {
  const names = [...imports.keys()].map((name) => (name.startsWith(`${PACKAGE}/`) ? name.slice(PACKAGE.length + 1, -VERSION.length - 1) : withStandIn(name)));
  const lines = [...names.map((name) => `import ${name};`), "export handler;", ...(starts ? ["export starter;"] : [])];
  return `package ${PACKAGE}@${VERSION};\n\nworld ${BUILT} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}
