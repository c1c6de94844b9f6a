import { describe, expect, it } from "vitest";
import { MEMORY, optionsOf } from "./memory.ts";
import { open } from "./open.ts";

const COUNTS = Array.from({ length: 21 }, (_, count) => count);
const CORES = ["i32", "i64", "f32", "f64"] as const;
const TYPES = ["u32", "u64", "f32", "f64"] as const;

/** The value of the parameter at `at`: different at every place. */
const valueAt = (at: number): number | bigint => (at % 4 === 1 ? BigInt(at) * 1000n : at * 1000);

/** A component whose `run` hands over its parameters to `host`, when `count` of them are passed flat or in memory. */
function text(count: number): string {
  const params = COUNTS.slice(0, count).map((at) => `(param "p${at}" ${TYPES[at % 4]})`).join(" ");
  const flat = count > 16 ? ["i32"] : COUNTS.slice(0, count).map((at) => CORES[at % 4]);
  const core = flat.length === 0 ? "" : `(param ${flat.join(" ")})`;
  return `(component
    (import "host" (func $host ${params} (result u32)))
    ${MEMORY}
    (core func $host (canon lower (func $host) ${optionsOf()}))
    (core module $Guest
      (import "" "host" (func $host ${core} (result i32)))
      (func (export "run") ${core} (result i32) (call $host ${flat.map((_, at) => `(local.get ${at})`).join(" ")})))
    (core instance $guest (instantiate $Guest (with "" (instance (export "host" (func $host))))))
    (func (export "run") ${params} (result u32) (canon lift (core func $guest "run") ${optionsOf()})))`;
}

describe("a function passes its parameters in order, however many they are", () => {
  it.each(COUNTS)("%d", async (count) => {
    const seen: unknown[][] = [];
    const host = (...args: unknown[]): number => seen.push(args);
    const { run } = await open(text(count), { host });
    const args = COUNTS.slice(0, count).map(valueAt);
    expect([run?.(...args), run?.(...args)]).toEqual([1, 2]);
    expect(seen).toEqual([args, args]);
  });
});

describe("a parameter that is left out", () => {
  it("is refused, not taken from the call before", async () => {
    const { run } = await open(text(3), { host: () => 0 });
    run?.(1, 2n, 3);
    expect(() => run?.(1, 2n)).toThrow("run: expected a number, found undefined");
  });
});
