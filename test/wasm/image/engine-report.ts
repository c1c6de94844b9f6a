// What an engine makes of random modules that sleep and wake, one line for each family of them: answers before and after, snapshots,
// hashes of states; and of states that no module made. Every engine must print the same. Run by ../engines.mjs, bundled.
import { createHash } from "node:crypto";
import { imageOf, restoreSnapshot, stateHash, takeSnapshot } from "../../../host/wasm/image/index.ts";
import { Random } from "../../component/random.ts";
import { randomModule, type RandomOptions } from "../rewrite/random-module.ts";
import { change, emptyState, randomStateShape } from "./random-state.ts";
import { hex, sha256 } from "./sha256.ts";
import { PLAIN_FAMILIES, twoLives } from "./two-lives.ts";

/** Runs modules of seeds, and answers a digest of all that could be seen. */
function digestOf(first: number, count: number, options: RandomOptions): string {
  const hash = createHash("sha256");
  for (let seed = first; seed < first + count; seed += 1) {
    if (!WebAssembly.validate(randomModule(seed, options).bytes)) return "not known to this engine";
    const { problem, seen } = twoLives(seed, options);
    if (problem !== undefined) throw new Error(`the module of seed ${seed} woke up as another one: ${problem}`);
    hash.update(seen);
  }
  return hash.digest("hex").slice(0, 32);
}

/** Restores states of seeds, with NaNs of all kinds in their globals, and answers a digest of their snapshots and hashes. */
function digestOfStates(first: number, count: number): string {
  const hash = createHash("sha256");
  for (let seed = first; seed < first + count; seed += 1) {
    const random = new Random(seed);
    const shape = randomStateShape(random);
    const [state, other] = [emptyState(shape), emptyState(shape)];
    const base = imageOf(state);
    change(random, state, 3);
    const snapshot = takeSnapshot(state, base);
    restoreSnapshot(other, base, snapshot, 100);
    if (hex(takeSnapshot(other, base)) !== hex(snapshot)) throw new Error(`the state of seed ${seed} was restored as another one`);
    hash.update(snapshot).update(stateHash(other, sha256));
  }
  return hash.digest("hex").slice(0, 32);
}

const [first, count] = process.argv.slice(2).map(Number) as [number, number];
process.stdout.write(`states ${digestOfStates(first, count)}\n`);
for (const [name, options] of Object.entries(PLAIN_FAMILIES)) process.stdout.write(`${name} ${digestOf(first, count, options)}\n`);
