import { describe, expect, it } from "vitest";
import { parseManifest } from "../../host/capability/manifest.ts";
import { checkAllowed, parseLimits } from "../../host/capability/read-limits.ts";
import { DEFAULT_LIMITS, limitsIn, RESOURCE_NAMES, settleLimits } from "../../host/capability/resource-limits.ts";
import type { Manifest, ResourceLimits } from "../../host/contract/manifest.ts";
import { refusal } from "../refusal.ts";

const manifest = (limits: Partial<ResourceLimits> = {}): Manifest => ({ name: "a", version: "0.1.0", capabilities: {}, subscriptions: [], limits });
/** Those whose default is the most that there can be. */
const CAPPED: readonly string[] = ["stackFramesMax", "payloadBytesMax", "publishPerMessageMax"];
const RAISABLE = RESOURCE_NAMES.filter((name) => name !== "fuelPerSecond" && !CAPPED.includes(name));

describe("what a capsule may use", () => {
  it("is the default when nobody says anything", () => {
    expect(settleLimits({ name: "a", version: "0.1.0", capabilities: {}, subscriptions: [] }, {})).toEqual(DEFAULT_LIMITS);
    expect(limitsIn(manifest())).toEqual(DEFAULT_LIMITS);
  });

  it.each(RESOURCE_NAMES.filter((name) => name !== "fuelPerSecond"))("%s: is less when the manifest asks for less, and when less is allowed", (name) => {
    const most = DEFAULT_LIMITS[name];
    expect(settleLimits(manifest({ [name]: most - 1 }), {})[name]).toBe(most - 1);
    expect(settleLimits(manifest({ [name]: most }), {})[name]).toBe(most);
    expect(settleLimits(manifest(), { [name]: most - 1 })[name]).toBe(most - 1);
    expect(settleLimits(manifest({ [name]: 1 }), { [name]: most - 1 })[name]).toBe(1);
    expect(refusal(() => settleLimits(manifest({ [name]: most }), { [name]: most - 1 })).code).toBe("not-granted");
  });

  it.each(RAISABLE)("%s: is more when more is asked for and allowed", (name) => {
    const more = DEFAULT_LIMITS[name] + 1;
    expect(settleLimits(manifest({ [name]: more }), { [name]: more })[name]).toBe(more);
    expect(settleLimits(manifest(), { [name]: more })[name]).toBe(more);
    const error = refusal(() => settleLimits(manifest({ [name]: more }), {}));
    expect([error.code, error.help]).toEqual(["not-granted", `to allow all of it, add --limit ${name}=${more}`]);
    expect(error.message).toContain(`${name} ${more}, and ${more - 1} is allowed`);
  });

  it.each(CAPPED)("%s: cannot be more than it is", (name) => {
    const more = DEFAULT_LIMITS[name as keyof ResourceLimits] + 1;
    expect(refusal(() => checkAllowed({ [name]: more })).code).toBe("usage");
    expect(refusal(() => parseManifest(manifest({ [name]: more }))).code).toBe("invalid-manifest");
  });

  it("names all that is too much at once, with the flags that allow it", () => {
    const { message, help } = refusal(() => settleLimits(manifest({ fuelPerMessage: 60_000_000, memoryBytesMax: 134_217_728, stackFramesMax: 100 }), {}));
    expect(help).toBe("to allow all of it, add --limit fuelPerMessage=60000000 --limit memoryBytesMax=134217728");
    expect(message).not.toContain("stackFramesMax");
  });

  it("in a second is without a limit by default, and then anything is less", () => {
    expect(settleLimits(manifest({ fuelPerSecond: 5 }), {}).fuelPerSecond).toBe(5);
    expect(settleLimits(manifest({ fuelPerSecond: 0 }), {}).fuelPerSecond).toBe(0);
    expect(settleLimits(manifest({ fuelPerSecond: 5 }), { fuelPerSecond: 5 }).fuelPerSecond).toBe(5);
    expect(settleLimits(manifest(), { fuelPerSecond: 5 }).fuelPerSecond).toBe(5);
    expect(refusal(() => settleLimits(manifest({ fuelPerSecond: 6 }), { fuelPerSecond: 5 })).code).toBe("not-granted");
    expect(refusal(() => settleLimits(manifest({ fuelPerSecond: 0 }), { fuelPerSecond: 5 })).code).toBe("not-granted");
  });

  it.each([{ fuelPerMessage: 0 }, { fuelPerMessage: 1.5 }, { fuelPerMessage: -1 }, { memoryBytesMax: Number.NaN }, { fuelPerSecond: -1 }, { fuel: 5 }, { stateBytesMax: 268_435_457 }])("cannot be %j", (limits) => {
    expect(refusal(() => checkAllowed(limits)).code).toBe("usage");
    expect(refusal(() => parseManifest(manifest(limits))).code).toBe("invalid-manifest");
  });
});

describe("limits as they are typed", () => {
  it("are names and whole numbers, which may have a unit", () => {
    expect(parseLimits(["fuelPerMessage=200M", "memoryBytesMax=128Mi", "stateBytesMax=64Ki", "fuelPerSecond=1G", "payloadBytesMax=5k", "publishPerMessageMax=1_000"])).toEqual({
      fuelPerMessage: 200_000_000,
      memoryBytesMax: 134_217_728,
      stateBytesMax: 65_536,
      fuelPerSecond: 1_000_000_000,
      payloadBytesMax: 5_000,
      publishPerMessageMax: 1_000,
    });
    expect(parseLimits(["memoryBytesMax=2Gi", "memoryBytesMax=1Gi"])).toEqual({ memoryBytesMax: 1_073_741_824 });
    expect(parseLimits([])).toEqual({});
  });

  it.each([
    ["fuelPerMesage=5", "there is no limit named fuelPerMesage", "did you mean fuelPerMessage?"],
    ["xyz=5", "there is no limit named xyz", "there is fuelPerMessage, fuelPerSecond, "],
    ["toString=5", "there is no limit named toString", "there is "],
    ["fuelPerMessage", '"fuelPerMessage" is no limit', "write it as fuelPerMessage=200M"],
    ["fuelPerMessage=", '"fuelPerMessage=" is no limit', "write it as"],
    ["fuelPerMessage=5m", '"fuelPerMessage=5m" is no limit', "k, M, G, Ki, Mi or Gi"],
    ["fuelPerMessage=1.5M", '"fuelPerMessage=1.5M" is no limit', "a whole number"],
    ["fuelPerMessage=-5", '"fuelPerMessage=-5" is no limit', "write it as"],
    ["=5", '"=5" is no limit', "write it as"],
    ["stackFramesMax=5000", "stackFramesMax must be a whole number from 1 to 4000, not 5000", ""],
    ["fuelPerMessage=0", "fuelPerMessage must be a whole number from 1 to", ""],
  ])("%s: is refused", (text, message, help) => {
    const error = refusal(() => parseLimits([text]));
    expect(error.code).toBe("usage");
    expect(error.message).toContain(message);
    expect(error.help ?? "").toContain(help);
  });
});
