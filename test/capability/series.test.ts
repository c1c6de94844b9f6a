import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../host/capability/resource-limits.ts";
import { series } from "../../host/capability/series.ts";
import { state } from "../../host/capability/state.ts";
import { Transition } from "../../host/capability/transition.ts";
import { ComponentError } from "../../host/contract/error.ts";
import { SCAN_ENTRIES_MAX } from "../../host/contract/limits.ts";
import type { Fault } from "../../host/contract/message.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { WorkingState } from "../../host/store/working-state.ts";

function open() {
  const working = new WorkingState();
  const transition = new Transition({ name: "a", version: "0.1.0", digest: "0".repeat(64) }, new Map(), DEFAULT_LIMITS, working, nodePlatform, undefined);
  transition.begin(1, 1);
  const commit = (): void => {
    transition.end();
    working.apply(transition.writes);
    transition.clear();
    transition.begin(2, 1);
  };
  return { transition, series: series(transition), state: state(transition), commit };
}

function faultOf(run: () => unknown): Fault | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof ComponentError) return error.payload as Fault;
    throw error;
  }
}

const name = fc.constantFrom("heat", "heat.", "h", "ü", "heat\u0001");
const time = fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 2n ** 64n - 1n));
const value = fc.double({ noNaN: true });

describe("a series", () => {
  it("is its points in order of time, whenever they came and whatever else there is", () => {
    const step = fc.record({ name, time, value, commits: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), name, time, time, fc.nat(5), (steps, asked, start, end, limit) => {
        const { series: own, commit } = open();
        const model = new Map<string, number>();
        for (const one of steps) {
          own.append(one.name, one);
          model.set(`${one.name} ${one.time}`, one.value);
          if (one.commits) commit();
        }
        const points = Array.from(model, ([key, held]) => ({ of: key.slice(0, key.lastIndexOf(" ")), time: BigInt(key.slice(key.lastIndexOf(" ") + 1)), value: held }))
          .filter((point) => point.of === asked && point.time >= start && point.time < end)
          .sort((a, b) => (a.time < b.time ? -1 : 1))
          .map(({ time: at, value: held }) => ({ time: at, value: held }));
        const answer: { points?: unknown } = {};
        const fault = faultOf(() => (answer.points = own.range(asked, start, end, limit)));
        expect([fault?.tag, answer.points]).toEqual(end < start ? ["invalid", undefined] : [undefined, points.slice(0, limit)]);
      }),
    );
  });

  it("comes to buckets of count, least, greatest and mean", () => {
    const point = fc.record({ time: fc.bigInt(0n, 1_000n), value: fc.integer({ min: -1_000, max: 1_000 }) });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), fc.bigInt(0n, 500n), fc.bigInt(500n, 1_000n), fc.bigInt(1n, 300n), (points, start, end, step) => {
        const { series: own } = open();
        for (const one of points) own.append("s", one);
        const last = new Map(points.map((one) => [one.time, one.value]));
        const expected = [];
        for (let from = start; from < end; from += step) {
          const to = from + step < end ? from + step : end;
          const within = [...last].filter(([at]) => at >= from && at < to).map(([, held]) => held);
          if (within.length === 0) continue;
          const mean = within.reduce((sum, held) => sum + held, 0) / within.length;
          expected.push({ start: from, count: BigInt(within.length), min: Math.min(...within), max: Math.max(...within), mean });
        }
        expect(own.downsample("s", start, end, step)).toEqual(expected);
      }),
    );
  });

  it("is out of the way of the state's keys", () => {
    const { series: own, state: keys, commit } = open();
    own.append("s", { time: 1n, value: 2 });
    keys.put("k", new Uint8Array([1]));
    expect(keys.scan("", undefined, 10).map(({ key }) => key)).toEqual(["k"]);
    commit();
    expect(keys.scan("", undefined, 10).map(({ key }) => key)).toEqual(["k"]);
    for (const call of [() => keys.get("\0s"), () => keys.put("\0", new Uint8Array()), () => keys.delete(`\0s\0${"0".repeat(15)}1`)]) {
      expect(faultOf(call)).toEqual({ tag: "invalid", val: "the key begins with U+0000" });
    }
    expect(own.range("s", 0n, 9n, 9)).toEqual([{ time: 1n, value: 2 }]);
  });

  it.each<[string, Fault["tag"], RegExp, (own: ReturnType<typeof series>) => unknown]>([
    ["an empty name", "invalid", /name of the series is empty/, (own) => own.append("", { time: 0n, value: 0 })],
    ["a name with U+0000", "invalid", /U\+0000/, (own) => own.range("a\0b", 0n, 1n, 1)],
    ["a long name", "invalid", /more than 255 bytes/, (own) => own.append("ü".repeat(128), { time: 0n, value: 0 })],
    ["NaN", "invalid", /NaN/, (own) => own.append("s", { time: 0n, value: Number.NaN })],
    ["a range that ends before it starts", "invalid", /ends before/, (own) => own.range("s", 2n, 1n, 1)],
    ["buckets of no length", "invalid", /no length/, (own) => own.downsample("s", 0n, 1n, 0n)],
    ["more points than there may be", "limit", /10000 points/, (own) => own.range("s", 0n, 1n, SCAN_ENTRIES_MAX + 1)],
  ])("refuses %s", (_what, tag, text, run) => {
    const { series: own, transition } = open();
    expect(faultOf(() => run(own))).toEqual({ tag, val: expect.stringMatching(text) as string });
    expect(transition.writes.size).toBe(0);
  });

  it("refuses more buckets than there may be", () => {
    const { series: own } = open();
    for (let at = 0n; at <= SCAN_ENTRIES_MAX; at += 1n) own.append("s", { time: at, value: 1 });
    expect(own.downsample("s", 0n, BigInt(SCAN_ENTRIES_MAX), 1n)).toHaveLength(SCAN_ENTRIES_MAX);
    expect(faultOf(() => own.downsample("s", 0n, BigInt(SCAN_ENTRIES_MAX) + 1n, 1n))).toMatchObject({ tag: "limit" });
  });
});
