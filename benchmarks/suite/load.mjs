// From the bytes of a capsule to its first result. The bytes are new each time, so no engine answers from a cache.
import { statSync } from "node:fs";
import { DOTEROS, EXTISM, EXTISM_WORKER, GLUE, JCO, JCO_AHEAD, line } from "../contenders.mjs";
import { interleave, ratio, summarise } from "../measure.mjs";
import { start } from "../remote.mjs";
import { number, spread, times } from "../table.mjs";

export const name = "load";
export const title = "From bytes to the first result (ms)";

const PROCESSES = 5;
/** Loads, and instances, that everyone makes before those that are measured. */
const WARM_LOADS = 50;
const ROUNDS = 15;
const KILOBYTE = 1_000;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const entrants = await line([GLUE, DOTEROS, JCO, JCO_AHEAD, EXTISM, EXTISM_WORKER], progress);
  const fit = entrants.filter(({ problem }) => problem === undefined);
  let nonce = 0;
  const prepare = ({ remote }) => {
    nonce += 1;
    return remote.ask("prepare", nonce);
  };
  progress(`${PROCESSES} new processes each`);
  const first = await interleave(fit, PROCESSES, async (entrant) => loadInNewProcess(entrant, await prepare(entrant)));
  for (const entrant of fit) {
    progress(`warming up ${entrant.title}`);
    for (let load = 0; load < WARM_LOADS; load += 1) await entrant.remote.ask("load", await prepare(entrant));
    for (let load = 0; load < WARM_LOADS; load += 1) await entrant.remote.ask("instantiate");
  }
  progress(`${ROUNDS} rounds`);
  const again = await interleave(fit, ROUNDS, async (entrant) =>
    entrant.remote.ask("load", await prepare(entrant)),
  );
  const another = await interleave(fit, ROUNDS, ({ remote }) => remote.ask("instantiate"));
  for (const { remote } of entrants) remote.stop();
  const ours = again.get(fit.find(({ name: called }) => called === DOTEROS.name));
  return entrants.map((entrant) => row(entrant, { first, again, another }, ratio(again.get(entrant), ours)));
}

async function loadInNewProcess({ file }, input) {
  const remote = start(file);
  await remote.ask("ready");
  const milliseconds = await remote.ask("load", input);
  remote.stop();
  return milliseconds;
}

function row(entrant, { first, again, another }, timesDoteros) {
  const { name: contender, title: called, version, problem, isMissing, files } = entrant;
  if (problem !== undefined) return { contender, title: called, problem, isMissing: isMissing === true };
  return {
    contender,
    title: called,
    version,
    milliseconds: {
      firstInProcess: summarise(first.get(entrant)),
      again: summarise(again.get(entrant)),
      anotherInstance: summarise(another.get(entrant)),
    },
    timesDoteros,
    loaderBytes: files?.reduce((sum, url) => sum + statSync(new URL(url)).size, 0),
  };
}

export const head = ["", "version", "first in a process", "again", "10% to 90%", "of ours", "one more instance", "loader (kB)"];

/** @param {Awaited<ReturnType<typeof run>>[number]} measured */
export function cells({ title: called, version, milliseconds, loaderBytes, timesDoteros }) {
  const { firstInProcess, again, anotherInstance } = milliseconds;
  const size = loaderBytes === undefined ? "" : number(loaderBytes / KILOBYTE);
  return [
    called,
    version ?? "",
    number(firstInProcess.median),
    number(again.median),
    spread(again, number),
    times(timesDoteros),
    number(anotherInstance.median),
    size,
  ];
}
