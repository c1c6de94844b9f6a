// Rewritten modules do what the originals do. DOTEROS_REWRITES says how many random modules, DOTEROS_SEED from which seed on.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Component, type InstantiateModule, loadPrepared, prepare } from "../../../host/component/index.ts";
import { WASM as CBOR } from "../../../host/kernel/generated/cbor.ts";
import { WASM as HASH } from "../../../host/kernel/generated/hash.ts";
import { WASM as ROUTE } from "../../../host/kernel/generated/route.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { builtCapsule } from "../../capsule/built.ts";
import { fromEnvironment, Random } from "../../component/random.ts";
import { refusal } from "../../refusal.ts";
import { Stub } from "../../component/stub.ts";
import { type Difference, differenceOf } from "./differential.ts";
import { randomModule, type RandomOptions } from "./random-module.ts";

const MODULES = fromEnvironment("DOTEROS_REWRITES", 300);
const SEED = fromEnvironment("DOTEROS_SEED", 1);

const FAMILIES: Readonly<Record<string, RandomOptions>> = {
  numbers: {},
  vectors: { vectors: true },
  exceptions: { exceptions: true },
  "all of these": { vectors: true, exceptions: true },
  // Those that are not known here are refused, which is a behaviour, too.
  "what is new": { vectors: true, modern: true },
  "64 bits": { modern: true, wide: true },
};
const isKnown = (options: RandomOptions): boolean => WebAssembly.validate(randomModule(SEED, options).bytes);
const PER_FAMILY = Math.ceil(MODULES / Object.values(FAMILIES).filter(isKnown).length);

/** What the engine does not know is refused. */
function refusalOf(seed: number, options: RandomOptions): Difference {
  const { code, message } = refusal(() => rewriteModule(randomModule(seed, options).bytes, { fuel: true }));
  return { problem: code === "invalid" ? undefined : message, compared: 0 };
}

describe("random modules", () => {
  it.each(Object.entries(FAMILIES))(`of %s do the same rewritten, ${PER_FAMILY} from seed ${SEED} on`, { timeout: 60_000 + 200 * PER_FAMILY }, (_, options) => {
    const [attempt, count] = isKnown(options) ? [differenceOf, PER_FAMILY] : [refusalOf, 1];
    let compared = 0;
    for (let seed = SEED; seed < SEED + count; seed += 1) {
      const difference = attempt(seed, options);
      compared += difference.compared;
      expect(difference.problem, `DOTEROS_REWRITES=6 DOTEROS_SEED=${seed}`).toBeUndefined();
    }
    // A test whose modules all trap at once compares nothing.
    const least = attempt === differenceOf && options.wide !== true && count >= 50 ? count * 5 : 0;
    expect(compared).toBeGreaterThanOrEqual(least);
  });
});

const ALL = { fuel: true, stack: true, memoryPagesMax: 1024, tableElementsMax: 10_000, canonicalNaN: true, exportState: true };

/** Calls every export of a kernel that takes only numbers, each with the same few numbers, and answers all they did. */
function exercise(bytes: Uint8Array, added: WebAssembly.Imports, refill: () => void): string {
  const module = new WebAssembly.Module(bytes);
  const host = { textOf: () => 0, numberOf: () => 0 };
  const { exports } = new WebAssembly.Instance(module, { host, ...added });
  const lines: string[] = [];
  const memory = exports["memory"] as WebAssembly.Memory;
  const names = Object.keys(exports).filter((name) => typeof exports[name] === "function").sort();
  for (let round = 0; round < 20; round += 1) {
    for (const name of names) {
      refill();
      const run = exports[name] as (...given: unknown[]) => unknown;
      const args = Array.from({ length: run.length }, (_, index) => 1 + ((round * 7 + index * 3) % 60));
      try {
        lines.push(`${name} ${String(run(...args))}`);
      } catch (error) {
        lines.push(`${name} ${error instanceof WebAssembly.RuntimeError ? "trapped" : String(error)}`);
      }
    }
    lines.push(Buffer.from(memory.buffer).toString("latin1"));
  }
  return lines.join("\n");
}

describe("kernels", () => {
  it.each([
    ["cbor", CBOR],
    ["hash", HASH],
    ["route", ROUTE],
  ])("%s does the same rewritten", (_, base64) => {
    const bytes = new Uint8Array(Buffer.from(base64, "base64"));
    const rewritten = rewriteModule(bytes, ALL);
    const counters = new Counters({ memoryPages: 1024 });
    const refill = (): void => void counters.refill(1e9, 4000);
    const other = exercise(rewritten.bytes, { [rewritten.countersFrom as string]: counters.imports }, refill);
    expect(other === exercise(bytes, {}, () => {})).toBe(true);
    expect(counters.fuelLeft).toBeLessThan(1e9);
  });
});

/** Instantiates rewritten modules, which count with `counters`. */
const counting = (counters: Counters): InstantiateModule => (module, imports) => new WebAssembly.Instance(module, { ...imports, "doteros:limits": counters.imports }).exports;

/** What a capsule asks of its host when it is called with values that look random, and what its calls end with. */
async function asks(component: Component, instantiate?: InstantiateModule): Promise<string[]> {
  const lines: string[] = [];
  const print = (value: unknown): string => inspect(value, { depth: 9 });
  const stub = new Stub(new Random(7));
  const heard = (name: string, run: (...given: unknown[]) => unknown) => (...args: unknown[]) => {
    lines.push(`${name} ${print(args)}`);
    return run(...args);
  };
  const imports = Object.entries(stub.imports(component)).map(([name, members]) => [
    name,
    Object.fromEntries(Object.entries(members as object).map(([key, member]) => [key, heard(`${name} ${key}`, member as (...given: unknown[]) => unknown)])),
  ]);
  const { exports } = await component.instantiate(Object.fromEntries(imports) as Record<string, object>, instantiate);
  for (let round = 0; round < 30; round += 1) stub.exercise(component.exports, exports, (error) => lines.push(`ended with ${String(error)}`));
  return lines;
}

describe("capsules", () => {
  const folder = join(import.meta.dirname, "..", "..", "..", ".build", "capsules");
  it.each(readdirSync(folder).sort())("%s does the same with its modules rewritten, which have what they imported and exported", async (name) => {
    const { modules, plan } = prepare(new Uint8Array(builtCapsule(name)));
    const rewritten = modules.map((module) => rewriteModule(module, { ...ALL, exportState: false }));
    const before = modules.map((module) => new WebAssembly.Module(module));
    const after = rewritten.map(({ bytes }) => new WebAssembly.Module(bytes));
    for (const [index, module] of after.entries()) {
      expect(WebAssembly.Module.exports(module)).toEqual(WebAssembly.Module.exports(before[index] as WebAssembly.Module));
      const imports = WebAssembly.Module.imports(module).filter(({ module: from }) => from !== rewritten[index]?.countersFrom);
      expect(imports).toEqual(WebAssembly.Module.imports(before[index] as WebAssembly.Module));
    }
    const counters = new Counters({ memoryPages: 1024, tableElements: 10_000 });
    counters.refill(1e12, 4000);
    const lines = await asks(loadPrepared(plan, after), counting(counters));
    expect(lines).toEqual(await asks(loadPrepared(plan, before)));
    expect(lines.length).toBeGreaterThan(10);
    expect(counters.fuelLeft).toBeLessThan(1e12);
  });
});
