import { Decoder, Encoder } from "cbor-x";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseManifest } from "../../host/capability/manifest.ts";
import { createHost, type Host } from "../../host/node.ts";
import { builtCapsule, builtManifest } from "./built.ts";

const encoder = new Encoder({ useRecords: false });
const decoder = new Decoder({ mapsAsObjects: true });
const SECOND = 1_000_000_000n;
let host: Host;
const told: [string, unknown][] = [];
const letters: string[] = [];

beforeEach(async () => {
  told.length = letters.length = 0;
  host = await createHost();
  await host.load(builtCapsule("aggregate"), {
    manifest: parseManifest(builtManifest("aggregate")),
    grants: ["state", "publish=windows.>", "subscribe=samples.*", "context"],
  });
  host.subscribe("windows.>", ({ subject, payload }) => void told.push([subject, decoder.decode(payload)]));
  host.subscribe("dlq.aggregate", ({ headers }) => void letters.push(headers.map(([, value]) => value).join(" ")));
});

afterEach(() => host.close());

const sample = async (name: string, seconds: number, value: unknown): Promise<void> => {
  const time = BigInt(Math.round(seconds * 1000)) * 1_000_000n;
  await host.publish(`samples.${name}`, Uint8Array.from(encoder.encode({ time, value })));
};

it("tells of a window when it has closed, whatever order its samples came in", async () => {
  for (const [seconds, value] of [[100, 4], [61, 1.5], [119.999, -2], [61, 2.5]] as const) await sample("t", seconds, value);
  await host.idle();
  expect(told).toEqual([]);
  await sample("t", 300, 9);
  await sample("other", 61, 7);
  await sample("t", 360, 1);
  await host.idle();
  expect(told).toEqual([
    ["windows.t", { start: 60n * SECOND, count: 3, mean: 1.5, least: -2, greatest: 4 }],
    ["windows.t", { start: 300n * SECOND, count: 1, mean: 9, least: 9, greatest: 9 }],
  ]);
  expect(letters).toEqual([]);
});

it("sums up a window of many samples", async () => {
  for (let index = 0; index < 2500; index += 1) await sample("t", 120 + index / 50, index);
  await sample("t", 180, 0);
  await host.idle();
  expect(told).toEqual([["windows.t", { start: 120n * SECOND, count: 2500, mean: 1249.5, least: 0, greatest: 2499 }]]);
});

it("refuses what comes after its window has closed, and what is no sample", async () => {
  await sample("t", 300, 1);
  await sample("t", 299, 1);
  await sample("t", 300, "1");
  await host.publish("samples.t", "text");
  await host.idle();
  expect(letters).toEqual([
    expect.stringContaining("the sample is late: its window has closed"),
    expect.stringContaining("a sample needs a time in nanoseconds and a number as its value"),
    expect.stringContaining("the payload is not CBOR"),
  ]);
});
