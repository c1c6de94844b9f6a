// From the bytes of a capsule to its first result. The bytes are new each time, so no engine answers from a cache.
import { statSync } from "node:fs";
import { DOTEROS, EXTISM, EXTISM_WORKER, GLUE, JCO, JCO_AHEAD, line } from "../contenders.mjs";
import { interleave, summarise } from "../measure.mjs";
import { start } from "../remote.mjs";
import { number, spread } from "../table.mjs";

export const name = "load";
export const title = "From bytes to the first result (ms)";

const PROCESSES = 5;
const WARM_ROUNDS = 3;
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
  progress(`${ROUNDS} rounds`);
  const again = await interleave(fit, WARM_ROUNDS + ROUNDS, async (entrant) =>
    entrant.remote.ask("load", await prepare(entrant)),
  );
  const another = await interleave(fit, WARM_ROUNDS + ROUNDS, ({ remote }) => remote.ask("instantiate"));
  for (const { remote } of entrants) remote.stop();
  return entrants.map((entrant) => row(entrant, { first, again, another }));
}

async function loadInNewProcess({ file }, input) {
  const remote = start(file);
  await remote.ask("ready");
  const milliseconds = await remote.ask("load", input);
  remote.stop();
  return milliseconds;
}

function row(entrant, { first, again, another }) {
  const { name: contender, title: called, version, problem, isMissing, files } = entrant;
  if (problem !== undefined) return { contender, title: called, problem, isMissing: isMissing === true };
  return {
    contender,
    title: called,
    version,
    milliseconds: {
      firstInProcess: summarise(first.get(entrant)),
      again: summarise(again.get(entrant).slice(WARM_ROUNDS)),
      anotherInstance: summarise(another.get(entrant).slice(WARM_ROUNDS)),
    },
    loaderBytes: files?.reduce((sum, url) => sum + statSync(new URL(url)).size, 0),
  };
}

export const head = ["", "version", "first in a process", "again", "10% to 90%", "one more instance", "loader (kB)"];

/** @param {Awaited<ReturnType<typeof run>>[number]} measured */
export function cells({ title: called, version, milliseconds, loaderBytes }) {
  const { firstInProcess, again, anotherInstance } = milliseconds;
  const size = loaderBytes === undefined ? "" : number(loaderBytes / KILOBYTE);
  return [called, version ?? "", number(firstInProcess.median), number(again.median), spread(again, number), number(anotherInstance.median), size];
}
