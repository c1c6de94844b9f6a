import { dialectsOf } from "../capability/dialect/index.ts";
import { loadPrepared } from "../component/index.ts";
import type { Platform } from "../contract/platform.ts";
import { adoptModule } from "../wasm/metered-module.ts";
import type { Metering } from "../wasm/rewrite/rewritten-module.ts";
import { adoptComponent, type CapsuleComponent } from "./capsule-component.ts";
import { hexOf } from "./hex.ts";

/** A capsule that `doteros-wasm prepare` took apart, with its modules compiled. What it says of itself is believed. */
export interface PreparedCapsule {
  /** The SHA-256 of the component that it was, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** How its modules are put together, with its manifest and its policy, if it carries them. */
  readonly plan: Uint8Array;
  /** Its core modules: compiled, the SHA-256 of what each was before, and what the host is to know of it. */
  readonly modules: readonly { readonly module: WebAssembly.Module; readonly digest: string; readonly metering: Metering }[];
}

/** Those that were adopted, which stay: what stands for them is only their bytes. */
const adopted = new Map<string, CapsuleComponent>();

/**
 * Makes a prepared capsule one that hosts can load, without compiling anything.
 *
 * @returns what stands for its component wherever the bytes of one are wanted: `host.load(bytes)`, `{ link: { NAME: bytes } }`
 * @throws DoterosError `malformed` or `invalid` when the plan is none, `wrong-import` when modules are missing
 */
export async function adoptCapsule({ digest, plan, modules: parts }: PreparedCapsule, { sha256 }: Pick<Platform, "sha256">): Promise<Uint8Array> {
  const bytes = named(plan, digest);
  const name = hexOf(sha256(bytes));
  if (adopted.has(name)) return bytes;
  const modules = parts.map(({ module, metering, digest: before }) => ({ module: adoptModule(module, metering, before), metering }));
  const component = loadPrepared(bytes, modules.map(({ module }) => module));
  const made = { component, bytes, isPartial: true, digest, modules, dialects: await dialectsOf(component) };
  adopted.set(name, made);
  adoptComponent(name, made);
  return bytes;
}

/** The custom section that tells plans apart that are the same for different code. */
const SECTION = new TextEncoder().encode("doteros:digest");

/** A plan that says at its end of what it is the plan. */
function named(plan: Uint8Array, digest: string): Uint8Array {
  const text = new TextEncoder().encode(digest);
  const content = [SECTION.length, ...SECTION, ...text];
  const bytes = new Uint8Array(plan.length + 2 + content.length);
  bytes.set(plan);
  bytes.set([0, content.length, ...content], plan.length);
  return bytes;
}
