import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { refusalOf } from "../../refusal.ts";
import { open } from "./open.ts";

const GROW = `(func (export "grow") (param i32) (result i32) local.get 0 memory.grow)`;
const GROW_TABLE = `(func (export "grow") (param i32) (result i32) ref.null func local.get 0 table.grow 0)`;

describe("memory", () => {
  it.each([
    ["no maximum", "(memory 1)"],
    ["a maximum above the limit", "(memory 1 100)"],
    ["the limit as its maximum", "(memory 1 4)"],
  ])("with %s grows up to the limit, and then answers -1", async (_, memory) => {
    const { call, counters } = await open(`${memory} ${GROW}`, { memoryPagesMax: 4 }, { memoryPages: 4 });
    counters.reserve(1, 0);
    expect([call("grow", 2), call("grow", 2), call("grow", 1), call("grow", 1), call("grow", 0)]).toEqual([1, -1, 3, -1, 4]);
    expect(counters.memoryPagesLeft).toBe(0);
  });

  it("keeps a maximum below the limit, and what does not grow takes nothing", async () => {
    const { call, counters } = await open(`(memory 1 2) ${GROW}`, { memoryPagesMax: 10 }, { memoryPages: 10 });
    expect([call("grow", 5), call("grow", 1), call("grow", -1)]).toEqual([-1, 1, -1]);
    expect(counters.memoryPagesLeft).toBe(9);
  });

  it("is limited for all modules together", async () => {
    const { bytes, countersFrom } = rewriteModule(await parse(`(module (memory 1) ${GROW})`), { memoryPagesMax: 10 });
    const counters = new Counters({ memoryPages: 10 });
    const module = new WebAssembly.Module(bytes);
    const [one, other] = [0, 1].map(() => {
      counters.reserve(1, 0);
      return new WebAssembly.Instance(module, { [countersFrom as string]: counters.imports }).exports["grow"] as (pages: number) => number;
    });
    expect([one?.(5), other?.(4), other?.(3), one?.(1)]).toEqual([1, -1, 1, -1]);
    expect(() => counters.reserve(1, 0)).toThrow(/0 pages and \d+ elements are left/);
  });

  it("that begins with more than the limit is refused", async () => {
    const error = await refusalOf(open("(memory 5 9)", { memoryPagesMax: 4 }));
    expect(error).toMatchObject({ code: "limit-exceeded", message: "the module begins with 5 pages of memory or more, and 4 are allowed" });
  });

  it("of another module keeps its type, so that it still links", async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
    const { call } = await open(`(import "a" "m" (memory 1 3)) ${GROW}`, { memoryPagesMax: 2 }, { memoryPages: 1 }, { a: { m: memory } });
    expect([call("grow", 2), call("grow", 1), call("grow", 1)]).toEqual([-1, 1, -1]);
  });
});

describe("tables", () => {
  it("grow up to the limit, and then answer -1", async () => {
    const { call, counters } = await open(`(table 2 funcref) ${GROW_TABLE}`, { tableElementsMax: 6 }, { tableElements: 6 });
    counters.reserve(0, 2);
    expect([call("grow", 3), call("grow", 2), call("grow", 1), call("grow", 1)]).toEqual([2, -1, 5, -1]);
    expect(counters.tableElementsLeft).toBe(0);
  });

  it("that begin with more than the limit together are refused", async () => {
    const error = await refusalOf(open("(table 4 funcref) (table 3 externref)", { tableElementsMax: 6 }));
    expect(error).toMatchObject({ code: "limit-exceeded", message: "the module begins with 7 elements of tables or more, and 6 are allowed" });
  });
});

it("a module without code needs no counters", async () => {
  const { rewritten } = await open(`(memory (export "m") 1) (table 1 funcref)`, { fuel: true, stack: true, memoryPagesMax: 9, tableElementsMax: 9 });
  expect(rewritten.countersFrom).toBeUndefined();
});
