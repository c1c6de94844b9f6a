// A component that answers requests of HTTP: ours beside jco's server, and the least that a server on Node can do.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DOTEROS, DOTEROS_STORE, JCO, load, PLAIN, serve } from "../http/served.mjs";
import { interleave, ratio, summarise } from "../measure.mjs";
import { number, spread, times } from "../table.mjs";
import { installPeers } from "../thirdparty/install.mjs";

export const name = "serve";
export const title = "A component behind HTTP, 32 connections that stay open (requests/s)";


const CONNECTIONS = 32;
const ROUNDS = 5;
const TURN_MILLISECONDS = 1_500;
const BUILD = fileURLToPath(new URL("../../.build", import.meta.url));

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const missing = await installPeers(progress);
  const folder = mkdtempSync(join(BUILD, "serve-"));
  const entrants = [];
  try {
    const component = join(folder, "hello.wasm");
    const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL("../http/build.mjs", import.meta.url)), component], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    for (const contender of [PLAIN, DOTEROS, DOTEROS_STORE, JCO]) {
      progress(`starting ${contender.title}`);
      const isMissing = contender.isPeer === true && missing !== undefined;
      const entrant = { ...contender, isMissing };
      entrants.push(entrant);
      try {
        if (isMissing) throw new Error(missing);
        entrant.served = await serve(contender, component);
        // Engines run code faster that ran before.
        await load(entrant.served.url, CONNECTIONS, TURN_MILLISECONDS);
      } catch (error) {
        entrant.problem = error.message;
      }
    }
    progress("measuring");
    return await measure(entrants);
  } finally {
    await Promise.all(entrants.map(({ served }) => served?.end()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(entrants) {
  const running = entrants.filter(({ problem }) => problem === undefined);
  const samples = await interleave(running, ROUNDS, ({ served }) => load(served.url, CONNECTIONS, TURN_MILLISECONDS));
  const of = (entrant, key) => samples.get(entrant)?.map((sample) => sample[key]);
  const [jco, plain] = [JCO, PLAIN].map(({ name: wanted }) => running.find((entrant) => entrant.name === wanted));
  return entrants.map((entrant) => {
    const { name: contender, title: called, problem, isMissing } = entrant;
    if (problem !== undefined) return { contender, title: called, problem, isMissing };
    const perSecond = of(entrant, "perSecond");
    const [p50, p99] = ["p50", "p99"].map((key) => summarise(of(entrant, key)).median);
    return { contender, title: called, perSecond: summarise(perSecond), p50, p99, timesJco: ratio(perSecond, of(jco, "perSecond")), timesPlain: ratio(perSecond, of(plain, "perSecond")) };
  });
}

export const head = ["", "requests/s", "10% to 90%", "p50 ms", "p99 ms", "of jco", "of node:http"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, perSecond, p50, p99, timesJco, timesPlain }) {
  return [called, number(perSecond.median), spread(perSecond, number), number(p50), number(p99), times(timesJco), times(timesPlain)];
}
