// Valid components with something changed: each one is either taken or refused with a DoterosError, in bounded time. Those
// that are taken and have no core code but that of their originals, which always returns, are run as well.
// DOTEROS_FUZZ says how many, DOTEROS_SEED from which seed on; case n has the seed n, and comes again alone with both.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { type Component, ComponentError, compileComponent, DoterosError } from "../../host/component/index.ts";
import { READ_SELDOM } from "../../host/component/read-seldom.ts";
import { readComponent } from "../../host/component/read-component.ts";
import { builtCapsule } from "../capsule/built.ts";
import { echoText } from "./echo.ts";
import { mutate } from "./mutate.ts";
import { fromEnvironment, Random } from "./random.ts";
import { randomType } from "./random-type.ts";
import { coreModulesOf } from "./section.ts";
import { COMPOSED, COUNTERS, EVERYTHING, FILES } from "./specimen.ts";
import { Stub, StubError } from "./stub.ts";

const CASES = fromEnvironment("DOTEROS_FUZZ", 10_000);
const SEED = fromEnvironment("DOTEROS_SEED", 1);
/** The most that one case may take, in milliseconds, and all of them together, in bytes more than at the start. */
const CASE_MILLISECONDS = 2000;
const MEMORY_BYTES = 2e9;

interface Corpus {
  readonly components: readonly Uint8Array[];
  /** The core modules, as text, of those whose code always returns. */
  readonly harmless: ReadonlySet<string>;
}

const textOf = (module: Uint8Array): string => Buffer.from(module).toString("latin1");

async function readCorpus(): Promise<Corpus> {
  const random = new Random(1);
  const echoes = random.many(6, () => echoText(random.many(3, () => randomType(random)), random.pick(["utf8", "utf16", "latin1+utf16"] as const)));
  const texts = await Promise.all([EVERYTHING, COUNTERS, FILES, COMPOSED, ...echoes].map((text) => parse(text)));
  const folder = join(import.meta.dirname, "..", "..", ".build", "capsules");
  const built = (existsSync(folder) ? readdirSync(folder).sort() : []).map((name) => new Uint8Array(builtCapsule(name)));
  const harmless = new Set(texts.flatMap((bytes) => coreModulesOf(bytes)).map(textOf));
  return { components: [...texts, ...texts, ...texts, ...built], harmless };
}

interface Outcomes {
  taken: number;
  run: number;
  returned: number;
  readonly codes: Map<string, number>;
}

/** One case. @throws whatever it must not end with */
async function tryCase(seed: number, { components, harmless }: Corpus, outcomes: Outcomes): Promise<void> {
  const random = new Random(seed);
  const bytes = mutate(random, random.pick(components), components);
  const check = (error: unknown): void => {
    if (error instanceof StubError || error instanceof ComponentError) return;
    if (!(error instanceof DoterosError)) throw error;
    outcomes.codes.set(error.code, (outcomes.codes.get(error.code) ?? 0) + 1);
  };
  try {
    const component = await compileComponent(bytes);
    outcomes.taken += 1;
    expect(typeof component.wit()).toBe("string");
    if (!coreModulesOf(bytes).every((module) => harmless.has(textOf(module)))) return;
    // What uses the asynchronous model would be handed to jco, and it is not jco that is tried here.
    if (readComponent(bytes, READ_SELDOM).plan.asynchronous) return;
    await run(component, random, check, outcomes);
  } catch (error) {
    check(error);
  }
}

/** Calls what a component exports, in two instances, since the first trap is the end of one. */
async function run(component: Component, random: Random, check: (error: unknown) => void, outcomes: Outcomes): Promise<void> {
  for (let instance = 0; instance < 2; instance += 1) {
    const stub = new Stub(random);
    const { exports } = await component.instantiate(stub.imports(component));
    let thrown = 0;
    for (let round = 0; round < 2; round += 1) {
      stub.exercise(component.exports, exports, (error) => {
        thrown += 1;
        check(error);
      });
    }
    outcomes.run += 1;
    if (thrown === 0) outcomes.returned += 1;
  }
}

/** Tries all cases, and lets others run in between. */
async function tryAll(corpus: Corpus): Promise<Outcomes> {
  const outcomes: Outcomes = { taken: 0, run: 0, returned: 0, codes: new Map() };
  const before = process.memoryUsage().rss;
  for (let seed = SEED; seed < SEED + CASES; seed += 1) {
    const began = performance.now();
    try {
      await tryCase(seed, corpus, outcomes);
      expect(performance.now() - began).toBeLessThan(CASE_MILLISECONDS);
    } catch (error) {
      throw new Error(`DOTEROS_FUZZ=1 DOTEROS_SEED=${seed}: ${String(error)}`, { cause: error });
    }
    const done = seed - SEED + 1;
    if (done % 1000 !== 0) continue;
    await setImmediate();
    expect(process.memoryUsage().rss - before).toBeLessThan(MEMORY_BYTES);
    if (done % 100_000 === 0) process.stderr.write(`${done} cases: ${describeOutcomes(outcomes)}\n`);
  }
  return outcomes;
}

function describeOutcomes({ taken, run: ran, returned, codes }: Outcomes): string {
  return `${taken} taken, ${ran} run, ${returned} without an error; ${[...codes].map(([code, count]) => `${code} ${count}`).join(", ")}`;
}

describe("a component that was changed", () => {
  it(`is taken or refused, ${CASES} times from seed ${SEED} on`, { timeout: 60_000 + 30 * CASES }, async () => {
    const outcomes = await tryAll(await readCorpus());
    expect(outcomes.codes.get("internal")).toBeUndefined();
    // A fuzzer whose cases are all refused at the first byte finds nothing.
    expect(Math.min(outcomes.taken * 20, outcomes.returned * 200)).toBeGreaterThanOrEqual(Math.floor(CASES / 10_000) * 10_000);
  });
});
