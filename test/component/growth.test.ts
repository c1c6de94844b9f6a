import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { compileComponent } from "../../host/component/index.ts";

/** So many of the same, each with its number. */
const repeat = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join(" ");

const CORE = `(core module $m (func (export "f"))) (core instance $i (instantiate $m))`;

/** Components that grow with `n`, each in its own way. What imports nothing is instantiated, too. */
const SHAPES: readonly (readonly [what: string, make: (n: number) => string])[] = [
  ["types", (n) => repeat(n, () => "(type (list u8))")],
  ["types of types", (n) => `(type $t0 (tuple u8)) ${repeat(n, () => "(type (tuple $t0 $t0))")}`],
  ["function types", (n) => repeat(n, () => `(type (func (param "a" u8) (result string)))`)],
  ["fields", (n) => repeat(n / 100, () => `(type (record ${repeat(100, (at) => `(field "f${at}" u8)`)}))`)],
  ["imported functions", (n) => repeat(n, (at) => `(import "f${at}" (func))`)],
  ["imported records", (n) => repeat(n, (at) => `(type $r${at} (record (field "a" u8))) (import "t${at}" (type $t${at} (eq $r${at})))`)],
  ["imported instance types", (n) => repeat(n, (at) => `(type $r${at} (instance)) (import "t${at}" (type $t${at} (eq $r${at})))`)],
  ["imported interfaces", (n) => repeat(n, (at) => `(import "a${at}" (instance (export "f" (func))))`)],
  ["an imported interface of functions", (n) => `(import "a" (instance ${repeat(n, (at) => `(export "f${at}" (func))`)}))`],
  ["an imported interface of resources", (n) => `(import "a" (instance ${repeat(n, (at) => `(export "r${at}" (type (sub resource)))`)}))`],
  ["imported resources", (n) => repeat(n, (at) => `(import "r${at}" (type (sub resource)))`)],
  ["defined resources", (n) => repeat(n, (at) => `(type $r${at} (resource (rep i32))) (export "e${at}" (type $r${at}))`)],
  ["nested components", (n) => repeat(n, () => "(component)")],
  ["instances of a component", (n) => `(component $c (type $r (resource (rep i32))) (export "r" (type $r))) ${repeat(n / 16, () => "(instance (instantiate $c))")}`],
  ["arguments of a component", (n) => `(component $c ${repeat(n, (at) => `(import "f${at}" (func))`)}) ${CORE} (func $f (canon lift (core func $i "f"))) (instance (instantiate $c ${repeat(n, (at) => `(with "f${at}" (func $f))`)}))`],
  ["bundles", (n) => `${CORE} (func $f (canon lift (core func $i "f"))) ${repeat(n, () => `(instance (export "f" (func $f)))`)}`],
  ["a bundle", (n) => `${CORE} (func $f (canon lift (core func $i "f"))) (instance ${repeat(n, (at) => `(export "f${at}" (func $f))`)})`],
  ["exports", (n) => `${CORE} (func $f (canon lift (core func $i "f"))) ${repeat(n, (at) => `(export "f${at}" (func $f))`)}`],
  ["ascribed exports", (n) => `${CORE} (func $f (canon lift (core func $i "f"))) (instance $b (export "f" (func $f))) ${repeat(n, (at) => `(export "a${at}" (instance $b) (instance (export "f" (func))))`)}`],
  ["lifted functions", (n) => `${CORE} (type $t (func)) ${repeat(n, () => `(func (type $t) (canon lift (core func $i "f")))`)}`],
  ["lowered functions", (n) => `${CORE} (func $f (canon lift (core func $i "f"))) ${repeat(n, () => "(core func (canon lower (func $f)))")}`],
  ["aliases", (n) => `${CORE} ${repeat(n, () => `(alias core export $i "f" (core func))`)}`],
  ["outer aliases", (n) => `(type $t (tuple u8)) ${repeat(n, () => "(component (alias outer 1 $t (type)))")}`],
  ["core types", (n) => repeat(n, () => `(core type (module (import "a" "b" (func))))`)],
  ["core functions", (n) => `(core module ${repeat(n, (at) => `(func (export "f${at}") (result i32) (i32.const ${at}))`)})`],
];

const SMALL = 800;
const TIMES = 16;
/** Five times as much as in proportion, for machines that do other things; what grows with the square takes 16 times as much. */
const MOST = 5;
/** Below this many milliseconds a clock says little. */
const LEAST = 1;

/** The least time of several in milliseconds, since nothing makes a run faster than it is. */
async function leastTime(bytes: Uint8Array, runs: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    const component = await compileComponent(bytes);
    if (component.imports.length === 0) await component.instantiate();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

describe("the time to load and instantiate a component grows no faster than the component", () => {
  it.each(SHAPES)("of many %s", async (_, make) => {
    const [small, large] = [await parse(`(component ${make(SMALL)})`), await parse(`(component ${make(SMALL * TIMES)})`)];
    expect(large.length).toBeGreaterThan(small.length * (TIMES / 2));
    let ratio = Infinity;
    for (let attempt = 0; attempt < 3 && ratio > TIMES * MOST; attempt += 1) {
      const before = Math.max(LEAST, await leastTime(small, 5));
      ratio = Math.min(ratio, (await leastTime(large, 2)) / before);
    }
    expect(ratio).toBeLessThan(TIMES * MOST);
  });
});
