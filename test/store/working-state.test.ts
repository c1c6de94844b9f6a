import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WorkingState } from "../../host/store/working-state.ts";
import { compareUtf8, utf8Length } from "../../host/store/utf8-order.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** Keys that tell the orders of UTF-8 and UTF-16 apart. */
const key = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "\u007f", "\u0080", "ü", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "😀", "𐀀", "\u{10ffff}"), maxLength: 4 }),
  fc.string({ unit: "binary", maxLength: 6 }),
);

describe("the order of keys", () => {
  it("is that of their UTF-8 bytes", () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(text(a), text(b)));
      }),
    );
  });

  it("puts U+FFFF before U+10000, which UTF-16 does not", () => {
    expect(["\u{10000}", "\uffff", "z"].sort(compareUtf8)).toEqual(["z", "\uffff", "\u{10000}"]);
    expect(["\u{10000}", "\uffff", "z"].sort()).toEqual(["z", "\u{10000}", "\uffff"]);
  });

  it("counts UTF-8 bytes without encoding", () => {
    fc.assert(
      fc.property(key, (one) => {
        expect(utf8Length(one)).toBe(Buffer.byteLength(one));
      }),
    );
  });
});

describe("the working state", () => {
  it("moves with each transition that writes", () => {
    const state = new WorkingState();
    expect([state.version, state.size, state.bytes]).toEqual([0, 0, 0]);
    state.apply(new Map([["key", text("value")]]));
    expect([state.version, state.size, state.bytes]).toEqual([1, 1, 8]);
    state.apply(new Map());
    expect([state.version, state.size, state.bytes]).toEqual([1, 1, 8]);
    state.apply(new Map([["key", undefined]]));
    expect([state.version, state.size, state.bytes]).toEqual([2, 0, 0]);
  });

  it("begins as a copy of what a store has", () => {
    const state = new WorkingState();
    state.apply(new Map([["key", text("value")]]));
    state.apply(new Map([["other", text("x")]]));
    const copy = WorkingState.of(state);
    expect([copy.version, copy.size, copy.bytes]).toEqual([2, 2, 14]);
    copy.get("key")?.fill(0);
    expect(state.get("key")).toEqual(text("value"));
  });

  it("answers what a sorted map would, whatever is written and whenever it is scanned", () => {
    const write = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined }));
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ writes: fc.array(write, { maxLength: 90 }) }) },
      { weight: 1, arbitrary: fc.record({ start: key, end: fc.option(key, { nil: undefined }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const view = new WorkingState();
        const model = new Map<string, Uint8Array>();
        const inOrder = (): [string, Uint8Array][] => [...model].sort(([a], [b]) => Buffer.compare(text(a), text(b)));
        for (const one of steps) {
          if ("writes" in one) {
            view.apply(new Map(one.writes));
            for (const [name, value] of new Map(one.writes)) {
              if (value === undefined) model.delete(name);
              else model.set(name, value);
            }
            continue;
          }
          const within = inOrder().filter(
            ([name]) =>
              Buffer.compare(text(name), text(one.start)) >= 0 &&
              (one.end === undefined || Buffer.compare(text(name), text(one.end)) < 0),
          );
          expect([...view.scan(one.start, one.end)]).toEqual(within);
        }
        expect([...view.scan("", undefined)]).toEqual(inOrder());
        for (const [name, value] of model) expect(view.get(name)).toBe(value);
        const bytes = [...model].reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + value.length, 0);
        expect([view.size, view.bytes]).toEqual([model.size, bytes]);
      }),
    );
  });

  it("scans a part of a large state without sorting all of it again", () => {
    const view = new WorkingState();
    const many = Array.from({ length: 100_000 }, (_, at): [string, Uint8Array] => [`key-${(at * 7919) % 100_003}`, text("x")]);
    view.apply(new Map(many));
    const first = [...view.scan("", "key-10")];
    expect(first.map(([name]) => name)).toEqual(many.map(([name]) => name).filter((name) => name < "key-10").sort(compareUtf8));
    const started = performance.now();
    for (let at = 0; at < 200; at += 1) {
      view.apply(new Map([[`new-${at}`, text("y")]]));
      expect([...view.scan("new-", undefined)]).toHaveLength(at + 1);
    }
    // Sorting 100,000 keys 200 times would take half a minute.
    expect(performance.now() - started).toBeLessThan(3_000);
    expect([...view.scan("", "key-10")]).toEqual(first);
  });
});
