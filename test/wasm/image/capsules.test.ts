// The example capsules, put to sleep and woken up.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { CapsuleExports } from "../../../host/contract/capsule-world.ts";
import { imageOf, restoreSnapshot, stateHash, takeSnapshot } from "../../../host/wasm/image/index.ts";
import { fromEnvironment, Random } from "../../component/random.ts";
import { builtCapsule } from "../../capsule/built.ts";
import { buildText } from "../../typescript/building.ts";
import { startLife } from "./capsule-life.ts";
import { compileRewritten, instantiateRewritten, type RewrittenInstance } from "./rewritten-component.ts";
import { hex, sha256 } from "./sha256.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
const LIVES = 12;
const folder = join(import.meta.dirname, "..", "..", "..", ".build", "capsules");

it.each(readdirSync(folder).sort())("%s goes on from its snapshot as if it had never slept", async (name) => {
  const rewritten = await compileRewritten(builtCapsule(name));
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
  const rewritten = await compileRewritten(builtCapsule(name));
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

const SCRIPT = `import { Message, messaging } from "doteros-wasm/sdk";
let heard = 0;
const last = new Map();
export const handle = (message) => {
  last.set(message.text(), (heard += 1));
  if (last.size > 5) last.delete([...last.keys()][0]);
  messaging.publish(Message.ofText("answer", JSON.stringify([...last])));
};`;

it("a capsule in JavaScript, with the engine that it brings along, wakes up with its variables and its heap", { timeout: 60_000 }, async () => {
  const { component } = await buildText(SCRIPT);
  const rewritten = await compileRewritten(new Uint8Array(component));
  expect([...rewritten.modules.values()].flatMap(({ hiddenState }) => hiddenState ?? [])).toEqual([]);
  const start = async (): Promise<RewrittenInstance & { readonly said: string[]; readonly send: (text: string) => void }> => {
    const said: string[] = [];
    const publish = ({ payload }: { readonly payload: Uint8Array }): void => void said.push(new TextDecoder().decode(payload));
    const silent = new Proxy({ publish }, { has: () => true, get: (target, name) => (name === "publish" ? target.publish : () => undefined) });
    const instance = await instantiateRewritten(rewritten, Object.fromEntries(rewritten.component.imports.map(({ name }) => [name, silent])));
    const { [HANDLER]: handler, [STARTER]: starter } = instance.exports as unknown as CapsuleExports;
    starter?.start();
    const send = (text: string): void => {
      instance.counters.refill(1e9, 4_000);
      handler.handle({ subject: "do", headers: [], payload: new TextEncoder().encode(text) });
    };
    return { ...instance, said, send };
  };
  const [one, other] = [await start(), await start()];
  const base = imageOf(other.state);
  for (let count = 0; count < 50; count += 1) one.send(`message ${count}`);
  const snapshot = takeSnapshot(one.state, base);
  expect(snapshot.length).toBeLessThan(40_000);
  other.counters.reserve(restoreSnapshot(other.state, base, snapshot, other.counters.memoryPagesLeft), 0);
  for (const text of ["a", "b"]) for (const life of [one, other]) life.send(text);
  expect(other.said).toEqual(one.said.slice(50));
  expect(other.said[1]).toBe('[["message 47",48],["message 48",49],["message 49",50],["a",51],["b",52]]');
  expect(hex(stateHash(other.state, sha256))).toBe(hex(stateHash(one.state, sha256)));
});

const HANDLER = "doteros:capsule/handler@0.1.0";
const STARTER = "doteros:capsule/starter@0.1.0";
