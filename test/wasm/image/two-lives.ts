// One random module in two lives: an instance that goes on, and one that is made of its snapshot and goes on from there. What can be
// seen must be the same, and so must be what both are in the end.
import { type Image, imageOf, restoreSnapshot, type State, stateHash, stateOf, takeSnapshot } from "../../../host/wasm/image/index.ts";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import type { RewrittenModule } from "../../../host/wasm/rewrite/rewritten-module.ts";
import { Random } from "../../component/random.ts";
import { callAll, type Hooks, type Started, startRandom } from "../rewrite/behaviour.ts";
import { randomModule, type RandomOptions } from "../rewrite/random-module.ts";
import type { Signature } from "../rewrite/random-shape.ts";
import { hex, sha256 } from "./sha256.ts";

const PARTS = { fuel: true, stack: true, memoryPagesMax: 8, tableElementsMax: 100, canonicalNaN: true, exportState: true };
const PAGES = 8;

/** Families of modules whose state is in memories and globals alone. What NaNs look like is seen. `memories` has two, `wide` one of 64 bits. */
export const PLAIN_FAMILIES: Readonly<Record<string, RandomOptions>> = {
  numbers: { plain: true, showNaN: true },
  vectors: { plain: true, showNaN: true, vectors: true },
  exceptions: { plain: true, showNaN: true, exceptions: true },
  // Not in every engine.
  memories: { plain: true, showNaN: true, modern: true },
  wide: { plain: true, showNaN: true, modern: true, wide: true },
};

/** A life: an instance, its state, and what it counts with. */
interface Life extends Started {
  readonly state: State;
  readonly counters: Counters;
}

/** What came of it. */
export interface Outcome {
  /** What differs, in words. */
  readonly problem: string | undefined;
  /** All that was seen of the first life, as text. */
  readonly seen: string;
  /** How many bytes the snapshot has. */
  readonly bytes: number;
}

/** Lets the module of a seed live, sleep and live on. */
export function twoLives(seed: number, options: RandomOptions): Outcome {
  const { bytes, exports: signatures } = randomModule(seed, options);
  const rewritten = rewriteModule(bytes, PARTS);
  if (rewritten.hiddenState !== undefined) return { problem: `it has hidden state: ${rewritten.hiddenState}`, seen: "", bytes: 0 };
  const born = makeLives(rewritten);
  if (born === undefined) return { problem: undefined, seen: "never born", bytes: 0 };
  const [one, other, used] = born;
  const base = imageOf(one.state);
  const random = new Random(seed);
  const awake = digest(one, base);
  for (let rounds = random.below(3); rounds > 0; rounds--) live(one, signatures, random.bits());
  const snapshot = takeSnapshot(one.state, base);
  const pages = one.state.memories.map(({ buffer }) => buffer.byteLength / 65_536);
  // The third has gone another way before.
  live(used, signatures, random.bits());
  const lives = used.state.memories.every(({ buffer }, index) => buffer.byteLength / 65_536 <= (pages[index] as number)) ? [one, other, used] : [one, other];
  for (const life of lives.slice(1)) life.counters.reserve(restoreSnapshot(life.state, base, snapshot, life.counters.memoryPagesLeft), 0);
  const asleep = lives.map((life) => digest(life, base));
  const from = lives.map(({ lines }) => lines.length);
  const next = random.bits();
  for (const life of lives) live(life, signatures, next);
  const seen = lives.map((life, index) => [...life.lines.slice(from[index]), digest(life, base)].join("\n"));
  const different = [...asleep.filter((text) => text !== asleep[0]), ...seen.filter((text) => text !== seen[0])];
  const whole = [awake, asleep[0], seen[0], hex(snapshot)].join("\n");
  return { problem: different.length === 0 ? undefined : `${asleep.join(" | ")} || ${seen.join(" | ")}`, seen: whole, bytes: snapshot.length };
}

/** Three new instances; none when making one traps. */
function makeLives(rewritten: RewrittenModule): readonly [Life, Life, Life] | undefined {
  const module = new WebAssembly.Module(rewritten.bytes);
  const make = (): Life => {
    const counters = new Counters({ memoryPages: PAGES, tableElements: 100 });
    const started = startRandom(module, { [rewritten.countersFrom as string]: counters.imports });
    const state = stateOf([{ exports: started.exports, state: rewritten.state as NonNullable<RewrittenModule["state"]> }]);
    counters.reserve(state.memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 65_536, 0), 0);
    return { ...started, state, counters };
  };
  try {
    return [make(), make(), make()];
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return undefined;
    throw error;
  }
}

/** One round of calls. Some have little fuel, few frames. */
function live(life: Life, signatures: readonly Signature[], seed: number): void {
  const random = new Random(seed);
  const { counters } = life;
  const hooks: Hooks = {
    before: () => void counters.refill(random.once(3) ? random.below(4_000) : 1e9, random.once(6) ? random.below(30) : 4_000),
    after: () => void life.lines.push(`${counters.fuelLeft} ${String(counters.exhausted)} ${counters.memoryPagesLeft}`),
  };
  callAll(life, signatures, random, hooks);
}

function digest({ state, counters }: Life, base: Image): string {
  return `${hex(stateHash(state, sha256))} ${hex(sha256(takeSnapshot(state, base)))} ${counters.memoryPagesLeft}`;
}
