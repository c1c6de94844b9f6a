import { DoterosError } from "../contract/error.ts";
import {
  CAPSULE_MEMORY_BYTES_DEFAULT,
  FUEL_PER_MESSAGE_DEFAULT,
  PAYLOAD_BYTES_MAX,
  PUBLISH_PER_MESSAGE_MAX,
  STACK_FRAMES_MAX,
  STATE_BYTES_DEFAULT,
} from "../contract/limits.ts";
import type { Manifest, ResourceLimits } from "../contract/manifest.ts";

/** What holds when nobody says anything: enough for most capsules, and no harm to others from any. */
export const DEFAULT_LIMITS: ResourceLimits = {
  fuelPerMessage: FUEL_PER_MESSAGE_DEFAULT,
  fuelPerSecond: 0,
  memoryBytesMax: CAPSULE_MEMORY_BYTES_DEFAULT,
  stackFramesMax: STACK_FRAMES_MAX,
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  publishPerMessageMax: PUBLISH_PER_MESSAGE_MAX,
  stateBytesMax: STATE_BYTES_DEFAULT,
};

/** The names of the limits. */
export const RESOURCE_NAMES = Object.keys(DEFAULT_LIMITS) as (keyof ResourceLimits)[];

/**
 * What a capsule may use: what its manifest says, or else what the operator allows, or else the defaults.
 *
 * @param allowed what the operator allows, where that is not the default
 * @throws DoterosError `not-granted` when the manifest asks for more than is allowed, with the options that would allow it
 * @example
 * ```ts
 * const manifest = { name: "a", version: "0.1.0", capabilities: {}, subscriptions: [], limits: { fuelPerMessage: 1_000 } };
 * settleLimits(manifest, { memoryBytesMax: 1_048_576 }).memoryBytesMax; // 1_048_576
 * settleLimits(manifest, {}).fuelPerMessage; // 1_000
 * ```
 */
export function settleLimits(manifest: Manifest, allowed: Partial<ResourceLimits>): ResourceLimits {
  const { name, limits = {} } = manifest;
  const most = Object.keys(allowed).length === 0 ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...allowed };
  const missing = RESOURCE_NAMES.filter((limit) => isMore(limit, limits[limit], most[limit]));
  if (missing.length > 0) throw notAllowed(name, limits, missing, most);
  return limitsIn(manifest, most);
}

/** What a manifest says, and `others` where it says nothing. */
export function limitsIn({ limits = {} }: Manifest, others: ResourceLimits = DEFAULT_LIMITS): ResourceLimits {
  // Most capsules have the same: they share it.
  if (others === DEFAULT_LIMITS && RESOURCE_NAMES.every((name) => limits[name] === undefined)) return DEFAULT_LIMITS;
  const all: { -readonly [name in keyof ResourceLimits]: number } = { ...others };
  for (const name of RESOURCE_NAMES) all[name] = limits[name] ?? all[name];
  return all;
}

/** Whether a manifest asks for more than is allowed. Of fuel in a second 0 is the most, and by default there is no such limit. */
function isMore(limit: keyof ResourceLimits, asked: number | undefined, allowed: number): boolean {
  if (asked === undefined) return false;
  if (limit !== "fuelPerSecond") return asked > allowed;
  return allowed !== 0 && (asked === 0 || asked > allowed);
}

function notAllowed(name: string, limits: Partial<ResourceLimits>, missing: readonly (keyof ResourceLimits)[], allowed: ResourceLimits): DoterosError {
  const flags = missing.map((limit) => `--limit ${limit}=${limits[limit] ?? 0}`);
  const lines = missing.map((limit, at) => `\n  ${limit} ${limits[limit] ?? 0}, and ${allowed[limit]} is allowed  ${flags[at] ?? ""}`);
  return new DoterosError("not-granted", `${name} asks for higher limits than it is allowed:${lines.join("")}`, { help: `to allow all of it, add ${flags.join(" ")}` });
}
