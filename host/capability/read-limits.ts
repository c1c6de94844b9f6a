import { DoterosError } from "../contract/error.ts";
import { FUEL_MAX, MEMORY_BYTES_MAX, PAYLOAD_BYTES_MAX, PUBLISH_PER_MESSAGE_MAX, STACK_FRAMES_MAX, STATE_BYTES_MAX } from "../contract/limits.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import { nearest } from "../contract/nearest.ts";
import { ManifestReader } from "./manifest-reader.ts";
import { RESOURCE_NAMES } from "./resource-limits.ts";

/** The most that anybody can allow. */
const MOST: ResourceLimits = {
  fuelPerMessage: FUEL_MAX,
  fuelPerSecond: FUEL_MAX,
  memoryBytesMax: MEMORY_BYTES_MAX,
  stackFramesMax: STACK_FRAMES_MAX,
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  publishPerMessageMax: PUBLISH_PER_MESSAGE_MAX,
  stateBytesMax: STATE_BYTES_MAX,
};

/** Reads those limits that are there. */
export function readResourceLimits(reader: ManifestReader, record: Readonly<Record<string, unknown>>, path: string): Partial<ResourceLimits> {
  const limits: { -readonly [name in keyof ResourceLimits]?: number } = {};
  for (const name of RESOURCE_NAMES) {
    const value = record[name] === undefined ? undefined : reader.count(record[name], path === "" ? name : `${path}.${name}`, name === "fuelPerSecond" ? 0 : 1, MOST[name]);
    if (value !== undefined) limits[name] = value;
  }
  return limits;
}

/** @throws DoterosError `usage` when what is allowed is none of the limits, or out of range */
export function checkAllowed(allowed: Partial<ResourceLimits>): void {
  const reader = new ManifestReader();
  readResourceLimits(reader, reader.record(allowed, "", RESOURCE_NAMES), "");
  const { problems } = reader;
  if (problems.length > 0) throw new DoterosError("usage", `the limits are wrong: ${problems.join("; ")}`);
}

/** What a number may end with, and what it is then multiplied by. */
const UNITS: ReadonlyMap<string, number> = new Map([["", 1], ["k", 1e3], ["M", 1e6], ["G", 1e9], ["Ki", 2 ** 10], ["Mi", 2 ** 20], ["Gi", 2 ** 30]]);

/**
 * Reads limits as they are typed: `memoryBytesMax=128Mi`, `fuelPerMessage=200M`.
 *
 * @throws DoterosError `usage`
 */
export function parseLimits(texts: readonly string[]): Partial<ResourceLimits> {
  const limits: Record<string, number> = {};
  for (const text of texts) {
    const [, name = "", digits, unit = ""] = /^(\w+)=(\d[\d_]*)([A-Za-z]*)$/.exec(text) ?? [];
    const factor = UNITS.get(unit);
    if (digits === undefined || factor === undefined) {
      throw new DoterosError("usage", `${JSON.stringify(text)} is no limit`, { help: "write it as fuelPerMessage=200M or memoryBytesMax=128Mi: a name and a whole number, which may end in k, M, G, Ki, Mi or Gi" });
    }
    if (!RESOURCE_NAMES.some((known) => known === name)) {
      const near = nearest(name, RESOURCE_NAMES);
      throw new DoterosError("usage", `there is no limit named ${name}`, { help: near === undefined ? `there is ${RESOURCE_NAMES.join(", ")}` : `did you mean ${near}?` });
    }
    limits[name] = Number(digits.replaceAll("_", "")) * factor;
  }
  checkAllowed(limits);
  return limits;
}
