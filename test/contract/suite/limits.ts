import { DEAD_LETTER_HEADERS } from "../../../host/index.ts";
import type { ResourceLimits } from "../../../host/contract/manifest.ts";
import { equal, holds, refused } from "../check.ts";
import { type Cases, fileOf, hexOf, type Kit } from "../kit.ts";
import { ALL_GRANTS, headersOf, type Running, SCRIPT, start } from "../running.ts";

const GREEDY = { name: "greedy", capabilities: { state: true } } as const;

/** A greedy capsule that is allowed so much. */
function greedy(kit: Kit, limits: Partial<ResourceLimits> = {}): Promise<Running> {
  return start(kit, { file: "greedy.wasm", manifest: GREEDY, load: { limits } });
}

/** What became of a message: `ok`, or the code and the reason of its dead letter. */
async function outcome(running: Running, message: string): Promise<string> {
  const { length } = running.heard;
  await running.send(message);
  const headers = headersOf(running.heard[length]);
  return length === running.heard.length ? "ok" : `${headers[DEAD_LETTER_HEADERS.code]}: ${headers[DEAD_LETTER_HEADERS.reason]}`;
}

/** What the last message took, in units of fuel. */
async function fuelOf(running: Running, message: string): Promise<number> {
  const before = running.capsule.counters.fuel;
  await running.send(message);
  return running.capsule.counters.fuel - before;
}

/** What greedy traps by, and what that is called. */
const TRAPS: readonly [message: string, words: string][] = [
  ["u", "unreachable"],
  ["d7", "integer divide by zero"],
  ["o", "out of bounds of a memory or a table"],
  ["i", "indirect call to null, or to a function of another type"],
  ["c", "a number is unrepresentable as an integer"],
  ["t", "out of bounds of a memory or a table"],
];

const u32 = (bytes: Uint8Array | undefined): number => new DataView((bytes ?? new Uint8Array(4)).slice().buffer).getUint32(0, true);

/** How deep the recursion goes that is allowed, up to `most`. */
async function deepest(running: Running, most: number): Promise<number> {
  let [held, broken] = [0, most];
  while (broken - held > 1) {
    const middle = (held + broken) >> 1;
    if ((await outcome(running, `r${middle}`)) === "ok") held = middle;
    else broken = middle;
  }
  return held;
}

/** Where capsules are stopped: at the same instruction everywhere. */
export const limitCases: Cases = {
  async "a capsule that never ends is ended by its fuel, and the next message is handled"(kit) {
    const running = await greedy(kit, { fuelPerMessage: 1_000_000 });
    equal(await outcome(running, "s"), "fuel-exhausted: it used up the fuel for one message: 1000000 units");
    equal([await outcome(running, "w10"), running.capsule.counters.exhausted, running.capsule.counters.deadLettered], ["ok", 1, 1]);
    await running.host.close();
  },

  async "fuel is what instructions take, the same each time"(kit) {
    const running = await greedy(kit);
    const base = await fuelOf(running, "w1");
    equal(await fuelOf(running, "w2") - base > 0, true);
    const round = (await fuelOf(running, "w1001")) - (await fuelOf(running, "w1000"));
    equal((await fuelOf(running, "w5000")) - (await fuelOf(running, "w1000")), 4_000 * round);
    equal(await fuelOf(running, "w1"), base);
    await running.host.close();
  },

  async "a message with exactly enough fuel is handled, and one with a unit less is not"(kit) {
    const free = await greedy(kit);
    const fuel = await fuelOf(free, "w777");
    await free.host.close();
    const enough = await greedy(kit, { fuelPerMessage: fuel });
    equal(await outcome(enough, "w777"), "ok");
    await enough.host.close();
    const less = await greedy(kit, { fuelPerMessage: fuel - 1 });
    equal((await outcome(less, "w777")).split(":", 1), ["fuel-exhausted"]);
    await less.host.close();
  },

  async "a capsule that calls itself too deep is ended by its stack, never by the engine's"(kit) {
    const running = await greedy(kit);
    equal((await outcome(running, "r1000000")).split(":", 1), ["stack-exhausted"]);
    equal(await outcome(running, "r100"), "ok");
    const full = await deepest(running, 10_000);
    await running.host.close();
    holds(full >= 2_000 && full <= 4_000, `it went ${full} deep`);
    const small = await greedy(kit, { stackFramesMax: 100 });
    holds((await deepest(small, 200)) < 100, "a hundred frames were more");
    await small.host.close();
  },

  async "memory grows as far as it may, and the capsule hears when it may not"(kit) {
    const running = await greedy(kit, { memoryBytesMax: 10 * 65_536 });
    const grown = async (pages: number): Promise<number> => {
      equal(await outcome(running, `g${pages}`), "ok");
      return u32(running.capsule.state.get("grown")) | 0;
    };
    equal([await grown(4), await grown(5), await grown(4), await grown(1), await grown(65_536)], [2, -1, 6, -1, -1]);
    await running.host.close();
  },

  async "a capsule that traps because it got no memory has run out of memory"(kit) {
    const running = await greedy(kit, { memoryBytesMax: 10 * 65_536 });
    equal((await outcome(running, "m100")).split(":", 1), ["memory-exhausted"]);
    equal([await outcome(running, "m8"), (await outcome(running, "u")).split(":", 1)], ["ok", ["trap"]]);
    await running.host.close();
  },

  async "tables grow as far as they may"(kit) {
    const running = await greedy(kit);
    equal([await outcome(running, "b100"), u32(running.capsule.state.get("grown"))], ["ok", 1]);
    equal([await outcome(running, "b2000000"), u32(running.capsule.state.get("grown"))], ["ok", 2 ** 32 - 1]);
    await running.host.close();
  },

  async "a capsule that begins with more memory than it may have is not loaded"(kit) {
    await using host = await kit.door.createHost();
    await refused("limit-exceeded", () => host.load(fileOf(kit, "greedy.wasm"), { grants: ALL_GRANTS, manifest: { ...SCRIPT, ...GREEDY }, limits: { memoryBytesMax: 65_536 } }));
    equal(host.capsules.size, 0);
  },

  async "every trap is a trap, in the same words"(kit) {
    const running = await greedy(kit);
    for (const [message, words] of TRAPS) equal([message, await outcome(running, message)], [message, `trap: doteros:capsule/handler@0.1.0#handle trapped: ${words}`]);
    equal([running.capsule.counters.traps, await outcome(running, "w1")], [6, "ok"]);
    await running.host.close();
  },

  async "NaNs have the same bits everywhere"(kit) {
    const running = await greedy(kit);
    equal(await outcome(running, "f5"), "ok");
    const f64 = "000000000000f87f";
    equal(hexOf(running.capsule.state.get("nan") ?? new Uint8Array()), `${f64}${f64}0000c07f0000c07f${f64}`);
    await running.host.close();
  },

  async "a payload, a value, a state and what one message sends are as large as they may be, and no larger"(kit) {
    const running = await greedy(kit, { payloadBytesMax: 1_000, stateBytesMax: 5_000 });
    equal(await outcome(running, "p1000"), "ok");
    holds((await outcome(running, "p1001")).includes("limit"), "a value was too large");
    holds((await outcome(running, "p999")).includes("limit"), "the state was too large");
    equal((await outcome(running, `w${"1".repeat(1_000)}`)).split(":", 1), ["limit-exceeded"]);
    await running.host.close();
    const sending = await start(kit, { load: { limits: { publishPerMessageMax: 3 } } });
    await sending.send("m out 1\nm out 2\nm out 3");
    await sending.send("m out 1\nm out 2\nm out 3\nm out 4");
    equal([sending.capsule.counters.published, headersOf(sending.heard.at(-1))[DEAD_LETTER_HEADERS.reason]], [3, "limit: 3 messages were sent already"]);
    await sending.host.close();
  },

  async "a manifest that asks for more than is allowed is refused, with what would allow it"(kit) {
    await using host = await kit.door.createHost();
    const manifest = { ...SCRIPT, limits: { fuelPerMessage: 100_000_000, memoryBytesMax: 1_000_000_000 } };
    await refused("not-granted", () => host.load(fileOf(kit, "script.wasm"), { manifest, grants: ALL_GRANTS }), "--limit fuelPerMessage=100000000", "memoryBytesMax");
    await refused("usage", () => host.load(fileOf(kit, "script.wasm"), { manifest: SCRIPT, grants: ALL_GRANTS, limits: { fuelPerMessage: -1 } }));
  },

  async "a rate holds back what is too much"(kit) {
    const manifest = { limits: { rates: [{ subjects: "out.>", perSecond: 0.001, burst: 2 }] } };
    const { send, texts, capsule, host } = await start(kit, { manifest });
    await send("i\nm out.1 x\nm out.2 x\nm out.3 x");
    equal([texts(), capsule.counters.limited], [["out.1 x", "out.2 x"], 1]);
    await host.close();
  },
};
