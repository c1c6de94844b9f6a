// How the suites that time calls do it: line up, warm up, rounds.
import { line } from "../contenders.mjs";
import { interleave, summarise, warmUp } from "../measure.mjs";

const ROUNDS = 60;
const NANOSECONDS = 1e6;

/**
 * Times one call of each contender.
 *
 * @param {object[]} contenders
 * @param {(line: string) => void} progress
 * @param {{ milliseconds?: number, rounds?: number }} [turns] how long a turn is, and how many each has
 * @returns {Promise<{ rows: object[], samples: Map<string, number[]> }>} a row for each, and the nanoseconds of each
 *   call by round for those that ran, by name
 */
export async function timeCalls(contenders, progress, { milliseconds, rounds = ROUNDS } = {}) {
  const entrants = await line(contenders, progress);
  const fit = entrants.filter(({ problem }) => problem === undefined);
  for (const entrant of fit) {
    progress(`warming up ${entrant.title}`);
    entrant.turn = await warmUp((calls) => entrant.remote.ask("repeat", calls), milliseconds);
  }
  progress(`${rounds} rounds`);
  const taken = await interleave(fit, rounds, async ({ remote, turn }) => {
    return ((await remote.ask("repeat", turn)) / turn) * NANOSECONDS;
  });
  for (const { remote } of entrants) remote.stop();
  const samples = new Map(fit.map((entrant) => [entrant.name, taken.get(entrant)]));
  return { rows: entrants.map((entrant) => row(entrant, samples.get(entrant.name), rounds)), samples };
}

function row({ name: contender, title, version, turn, problem, isMissing }, samples, rounds) {
  if (samples === undefined) return { contender, title, problem, isMissing: isMissing === true };
  return { contender, title, version, nanoseconds: summarise(samples), rounds, callsPerRound: turn };
}
