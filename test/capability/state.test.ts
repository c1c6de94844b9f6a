import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../host/capability/resource-limits.ts";
import { state } from "../../host/capability/state.ts";
import { Transition } from "../../host/capability/transition.ts";
import { ComponentError } from "../../host/contract/error.ts";
import { FUEL_MAX, PAYLOAD_BYTES_MAX, SCAN_ENTRIES_MAX, STATE_BYTES_DEFAULT, TRANSITION_BYTES_MAX } from "../../host/contract/limits.ts";
import type { Fault } from "../../host/contract/message.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { WorkingState } from "../../host/store/working-state.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const identity = { name: "a", version: "0.1.0", digest: "0".repeat(64) };

function faultOf(run: () => unknown): Fault | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof ComponentError) return error.payload as Fault;
    throw error;
  }
}

function open() {
  const working = new WorkingState();
  const transition = new Transition(identity, new Map(), { ...DEFAULT_LIMITS, fuelPerMessage: FUEL_MAX }, working, nodePlatform, undefined);
  let index = 0;
  transition.begin(index, 1);
  const next = (commits: boolean): void => {
    index += 1;
    transition.end();
    if (commits) working.apply(transition.writes);
    transition.clear();
    transition.begin(index, 1);
  };
  return { transition, imports: state(transition), next };
}

describe("state", () => {
  it("answers inside a transition as it will outside of it when it is committed, and as before when it is not", () => {
    const key = fc.constantFrom("a", "b", "c", "😀", "\uffff", "ab");
    const value = fc.uint8Array({ maxLength: 3 });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("put" as const), key, value }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), commits: fc.boolean() }) },
    );
    const inOrder = (model: ReadonlyMap<string, Uint8Array>) =>
      [...model].sort(([a], [b]) => Buffer.compare(bytes(a), bytes(b))).map(([name, held]) => ({ key: name, value: held }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(7), key, fc.option(key, { nil: undefined }), (steps, limit, start, end) => {
        const { imports, transition, next } = open();
        let committed = new Map<string, Uint8Array>();
        let model = new Map<string, Uint8Array>();
        let version = 0n;
        const answers: [unknown, unknown][] = [];
        for (const one of steps) {
          if (one.kind === "put") {
            imports.put(one.key, one.value);
            model.set(one.key, one.value);
          } else if (one.kind === "delete") {
            answers.push([imports.delete(one.key), model.delete(one.key)]);
          } else {
            if (one.commits && transition.writes.size > 0) version += 1n;
            if (one.commits) committed = new Map(model);
            else model = new Map(committed);
            next(one.commits);
          }
          answers.push([imports.scan("", undefined, 100), inOrder(model)], [imports.get("a"), model.get("a")], [imports.version(), version]);
        }
        for (const [actual, expected] of answers) expect(actual).toEqual(expected);
        const size = [...model].reduce((sum, [name, held]) => sum + Buffer.byteLength(name) + held.length, 0);
        expect(transition.view.bytes + transition.growth).toBe(size);
        const isAfter = (a: string, b: string): boolean => Buffer.compare(bytes(a), bytes(b)) >= 0;
        if (end !== undefined && !isAfter(end, start)) return;
        const within = inOrder(model).filter(({ key: name }) => isAfter(name, start) && (end === undefined || !isAfter(name, end)));
        expect(imports.scan(start, end, limit)).toEqual(within.slice(0, limit));
      }),
    );
  });

  it("leaves no trace of what was put and deleted again", () => {
    const { imports, transition } = open();
    imports.put("a", bytes("1"));
    expect([imports.delete("a"), imports.delete("a")]).toEqual([true, false]);
    expect([transition.writes.size, transition.growth]).toEqual([0, 0]);
  });

  it.each<[string, Fault["tag"], RegExp, (imports: ReturnType<typeof state>) => unknown]>([
    ["an empty key", "invalid", /key is empty/, (imports) => imports.get("")],
    ["an empty key to put", "invalid", /key is empty/, (imports) => imports.put("", bytes("x"))],
    ["a key of 513 bytes", "invalid", /513 bytes, more than 512/, (imports) => imports.delete("x".repeat(513))],
    ["a key of 257 letters of two bytes", "invalid", /514 bytes/, (imports) => imports.get("ü".repeat(257))],
    ["a value that is too large", "limit", /1048577 bytes/, (imports) => imports.put("a", new Uint8Array(PAYLOAD_BYTES_MAX + 1))],
    ["a range that ends before it starts", "invalid", /ends before it starts/, (imports) => imports.scan("b", "a", 1)],
    ["too many entries at once", "limit", /10000 entries at most/, (imports) => imports.scan("", undefined, SCAN_ENTRIES_MAX + 1)],
  ])("refuses %s", (_what, tag, text, run) => {
    const { imports, transition } = open();
    expect(faultOf(() => run(imports))).toEqual({ tag, val: expect.stringMatching(text) as string });
    expect(transition.writes.size).toBe(0);
  });

  it("takes keys of 512 bytes", () => {
    const { imports } = open();
    imports.put("ü".repeat(256), bytes("x"));
    expect(imports.get("ü".repeat(256))).toEqual(bytes("x"));
  });

  it("refuses to hold more than its limit, counting what this transition wrote", () => {
    const { imports, next } = open();
    const largest = new Uint8Array(PAYLOAD_BYTES_MAX);
    const fits = Math.floor(STATE_BYTES_DEFAULT / (PAYLOAD_BYTES_MAX + 8)) - 1;
    for (let at = 0; at < fits; at += 1) {
      imports.put(`key-${String(at).padStart(4, "0")}`, largest);
      if (at % 32 === 31) next(true);
    }
    expect(faultOf(() => imports.put("more-000", largest))).toBeUndefined();
    expect(faultOf(() => imports.put("more-001", largest))).toMatchObject({ tag: "limit" });
    next(true);
    expect(faultOf(() => imports.put("more-001", largest))).toMatchObject({ tag: "limit" });
    expect(imports.delete("more-000")).toBe(true);
    expect(faultOf(() => imports.put("more-001", largest))).toBeUndefined();
  });

  it("refuses to write more in one transition than its limit, however often the same key", () => {
    const { imports, next } = open();
    const largest = new Uint8Array(PAYLOAD_BYTES_MAX);
    const fits = Math.floor(TRANSITION_BYTES_MAX / (PAYLOAD_BYTES_MAX + 1));
    for (let at = 0; at < fits; at += 1) imports.put("k", largest);
    expect(faultOf(() => imports.put("k", largest))).toMatchObject({ tag: "limit" });
    next(false);
    expect(faultOf(() => imports.put("k", largest))).toBeUndefined();
  });

  it("cannot be written to while no message is handled", () => {
    const { imports, transition } = open();
    transition.end();
    expect(faultOf(() => imports.put("a", bytes("x")))).toEqual({ tag: "failed", val: "no message is being handled" });
  });
});
