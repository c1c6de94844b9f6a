// One handler call: what it costs to carry a message into a capsule, three calls out of it, and its answer back.
import { DOTEROS, EXTISM, EXTISM_WORKER, GLUE, JCO, line } from "../contenders.mjs";
import { interleave, ratio, summarise, warmUp } from "../measure.mjs";
import { number, times } from "../table.mjs";

export const name = "handler-call";
export const title = "One handler call: state get, state put, publish (µs)";

const ROUNDS = 60;
const NANOSECONDS = 1e6;
const MICROSECONDS = 1e3;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const entrants = await line([GLUE, DOTEROS, JCO, EXTISM, EXTISM_WORKER], progress);
  const fit = entrants.filter(({ problem }) => problem === undefined);
  for (const entrant of fit) {
    progress(`warming up ${entrant.title}`);
    entrant.turn = await warmUp((calls) => entrant.remote.ask("repeat", calls));
  }
  progress(`${ROUNDS} rounds`);
  const samples = await interleave(fit, ROUNDS, async ({ remote, turn }) => {
    return ((await remote.ask("repeat", turn)) / turn) * NANOSECONDS;
  });
  for (const { remote } of entrants) remote.stop();
  return entrants.map((entrant) => row(entrant, samples, entrants));
}

function row(entrant, samples, entrants) {
  const { name: contender, title: called, version, problem, isMissing } = entrant;
  if (problem !== undefined) return { contender, title: called, problem, isMissing: isMissing === true };
  const of = (other) => samples.get(entrants.find(({ name: wanted }) => wanted === other.name));
  const { median, best, low, high } = summarise(samples.get(entrant));
  return {
    contender,
    title: called,
    version,
    nanoseconds: { median, best, low, high },
    timesGlue: ratio(samples.get(entrant), of(GLUE)),
    timesDoteros: ratio(samples.get(entrant), of(DOTEROS)),
    rounds: ROUNDS,
    callsPerRound: entrant.turn,
  };
}

export const head = ["", "version", "median", "best", "10% to 90%", "of glue", "of ours"];

/** @param {Awaited<ReturnType<typeof run>>[number]} measured */
export function cells({ title: called, version, nanoseconds, timesGlue, timesDoteros }) {
  const micro = (value) => number(value / MICROSECONDS);
  const { median, best, low, high } = nanoseconds;
  const spread = `${micro(low)} to ${micro(high)}`;
  return [called, version ?? "", micro(median), micro(best), spread, times(timesGlue), times(timesDoteros)];
}
