// The example capsules, put to sleep and woken up.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { imageOf, restoreSnapshot, stateHash, takeSnapshot } from "../../../host/wasm/image/index.ts";
import { fromEnvironment, Random } from "../../component/random.ts";
import { compileRewritten, startLife } from "./capsule-life.ts";
import { hex, sha256 } from "./sha256.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
const LIVES = 12;
const folder = join(import.meta.dirname, "..", "..", "..", ".build", "capsules");

it.each(readdirSync(folder).sort())("%s goes on from its snapshot as if it had never slept", async (name) => {
  const rewritten = await compileRewritten(name);
  for (const { hiddenState } of rewritten.modules.values()) expect(hiddenState).toBeUndefined();
  const base = imageOf((await startLife(name, rewritten)).state);
  const random = new Random(SEED);
  for (let seed = SEED; seed < SEED + LIVES; seed += 1) {
    const one = await startLife(name, rewritten);
    expect(takeSnapshot(one.state, base).every((byte, index) => byte === (index === 0 ? 1 : 0))).toBe(true);
    for (let count = random.below(60); count > 0; count--) one.live(new Random(random.bits()));
    const snapshot = takeSnapshot(one.state, base);
    const other = await startLife(name, rewritten, one.world);
    other.counters.reserve(restoreSnapshot(other.state, base, snapshot, other.counters.memoryPagesLeft), 0);
    const from = one.world.said.length;
    for (let count = 0; count < 20; count += 1) {
      expect(hex(stateHash(other.state, sha256)), `DOTEROS_SEED=${seed}`).toBe(hex(stateHash(one.state, sha256)));
      const next = random.bits();
      for (const life of [one, other]) life.live(new Random(next));
    }
    expect(one.world.said.slice(from), `DOTEROS_SEED=${seed}`).toEqual(other.world.said);
    expect(hex(takeSnapshot(other.state, base)), `DOTEROS_SEED=${seed}`).toBe(hex(takeSnapshot(one.state, base)));
  }
});

it.each([
  ["aggregate", 400],
  ["counter", 1_500],
  ["thermostat", 1_500],
  ["weather", 4_000],
])("a snapshot of %s at rest has less than %i bytes, after one message and after 300", async (name, most) => {
  const rewritten = await compileRewritten(name);
  const life = await startLife(name, rewritten);
  const base = imageOf((await startLife(name, rewritten)).state);
  const random = new Random(SEED);
  const sizes = [1, 300].map((messages) => {
    for (let count = 0; count < messages; count += 1) life.live(new Random(random.bits()));
    return takeSnapshot(life.state, base).length;
  });
  expect(Math.max(...sizes)).toBeLessThan(most);
  expect(Math.min(...sizes)).toBeGreaterThan(10);
});
