import { Decoder, Encoder } from "cbor-x";
import { expect, it } from "vitest";
import type { Fault, Message } from "../../host/contract/message.ts";
import { linkCapsule } from "../sdk/capsule.ts";
import { builtCapsule } from "./built.ts";

const encoder = new Encoder({ useRecords: false });
const decoder = new Decoder({ mapsAsObjects: true });
const SECOND = 1_000_000_000n;

/** The capsule with a series capability in a few lines: points by time, in order. */
async function openAggregate() {
  const state = new Map<string, Uint8Array>();
  const points = new Map<string, Map<bigint, number>>();
  const told: [string, unknown][] = [];
  const capsule = await linkCapsule(builtCapsule("aggregate"), {
    state: { get: (key: string) => state.get(key), put: (key: string, value: Uint8Array) => void state.set(key, value.slice()) },
    messaging: { publish: ({ subject, payload }: Message) => void told.push([subject, decoder.decode(payload)]) },
    context: { config: (key: string) => (key === "window-seconds" ? "60" : undefined) },
    series: {
      append: (name: string, { time, value }: { time: bigint; value: number }) => {
        const series = points.get(name) ?? new Map<bigint, number>();
        points.set(name, series.set(time, value));
      },
      range: (name: string, start: bigint, end: bigint, limit: number) =>
        Array.from(points.get(name) ?? [], ([time, value]) => ({ time, value }))
          .filter(({ time }) => time >= start && time < end)
          .sort((a, b) => (a.time < b.time ? -1 : 1))
          .slice(0, limit),
    },
  });
  const sample = (name: string, seconds: number, value: unknown): Fault | undefined =>
    capsule.send(`samples.${name}`, Uint8Array.from(encoder.encode({ time: BigInt(Math.round(seconds * 1000)) * 1_000_000n, value })));
  return { capsule, sample, told };
}

it("tells of a window when it has closed, whatever order its samples came in", async () => {
  const { sample, told } = await openAggregate();
  for (const [seconds, value] of [[100, 4], [61, 1.5], [119.999, -2], [61, 2.5]] as const) expect(sample("t", seconds, value)).toBeUndefined();
  expect(told).toEqual([]);
  expect(sample("t", 300, 9)).toBeUndefined();
  expect(sample("other", 61, 7)).toBeUndefined();
  expect(told).toEqual([["windows.t", { start: 60n * SECOND, count: 3, mean: 1.5, least: -2, greatest: 4 }]]);
  expect(sample("t", 360, 1)).toBeUndefined();
  expect(told[1]).toEqual(["windows.t", { start: 300n * SECOND, count: 1, mean: 9, least: 9, greatest: 9 }]);
});

it("reads a window of more points than one page holds", async () => {
  const { sample, told } = await openAggregate();
  for (let index = 0; index < 2500; index += 1) sample("t", 120 + index / 50, index);
  sample("t", 180, 0);
  expect(told).toEqual([["windows.t", { start: 120n * SECOND, count: 2500, mean: expect.closeTo(1249.5, 6) as number, least: 0, greatest: 2499 }]]);
});

it("refuses what comes after its window has closed, and what is no sample", async () => {
  const { capsule, sample } = await openAggregate();
  sample("t", 300, 1);
  expect(sample("t", 299, 1)).toEqual({ tag: "invalid", val: "the sample is late: its window has closed" });
  expect(sample("t", 300, "1")).toMatchObject({ tag: "invalid" });
  expect(capsule.send("samples.t", "text")).toEqual({ tag: "invalid", val: "the payload is not CBOR" });
});
