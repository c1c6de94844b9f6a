// What is measured in every runtime, by the same code: one call of a handler through the linker alone, and transitions of a host.
import { compileComponent } from "../../dist/component/index.js";
import { MemoryStore } from "../../dist/index.js";
import { hosted } from "../hosted.mjs";
import { linked } from "../linked.mjs";
import { warmUp } from "../measure.mjs";
import { createWork, expected, message, observe } from "../work.mjs";

const ROUNDS = 5;
const NANOSECONDS = 1e6;
/** Milliseconds of a turn: browsers' clocks go in whole ones, and a store commits in groups. */
const TURN = 100;
const DISK_TURN = 400;
const ALL_AT_ONCE = Number.POSITIVE_INFINITY;

/**
 * Measures a runtime.
 *
 * @param {{ createHost: Function, openStore?: () => Promise<object> }} door what the runtime has; `openStore` opens a new store on disk
 * @param {Uint8Array} capsule
 * @returns {Promise<Record<string, number[]>>} nanoseconds of one, by round
 */
export async function measured({ createHost, openStore }, capsule) {
  const inHost = (open) => hosted(createHost, capsule, ALL_AT_ONCE, open);
  const entrants = [
    { name: "call", turn: TURN, loaded: linked(await compileComponent(capsule)) },
    { name: "memory", turn: TURN, loaded: inHost() },
    { name: "ledger", turn: TURN, loaded: inHost(async () => new MemoryStore()) },
    { name: "disk", turn: DISK_TURN, loaded: inHost(openStore) },
  ];
  const samples = {};
  // One after the other, the smallest first: what runs later finds code that an engine has made for what ran before.
  for (const entrant of entrants) samples[entrant.name] = await roundsOf(entrant);
  return samples;
}

async function roundsOf({ name, turn, loaded }) {
  const [seen, wanted] = [await observe(loaded), expected()].map((observed) => JSON.stringify(observed));
  if (seen !== wanted) throw new Error(`${name} did other work: ${seen}`);
  const running = await loaded.instantiate(createWork());
  const sent = message(1);
  const repeat = async (times) => {
    const start = performance.now();
    await running.repeat(sent, times);
    return performance.now() - start;
  };
  const times = await warmUp(repeat, turn);
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) samples.push(((await repeat(times)) / times) * NANOSECONDS);
  await running.close?.();
  return samples;
}
