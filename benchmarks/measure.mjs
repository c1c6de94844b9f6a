// Rounds and their statistics. A machine that others share is fast one moment and slow the next, so the contenders take
// short turns (A B C D, A B C D, …) and ratios are taken within a round, where the weather was the same for all.

const WARM_MILLISECONDS = 400;
const TURN_MILLISECONDS = 10;

/**
 * Warms a contender up and says how many calls fill one turn.
 *
 * @param {(times: number) => Promise<number>} repeat runs that many calls and answers in milliseconds
 * @param {number} [turn] milliseconds of one turn
 */
export async function warmUp(repeat, turn = TURN_MILLISECONDS) {
  let times = 1;
  let spent = 0;
  let last = 0;
  while (spent < WARM_MILLISECONDS) {
    last = await repeat(times);
    spent += last;
    if (last < turn) times = Math.ceil(times * Math.min(10, Math.max(1.1, turn / Math.max(last, 0.01))));
  }
  return Math.max(1, Math.round((times * turn) / Math.max(last, 0.001)));
}

/**
 * Runs every contender once for each round, in turn.
 *
 * @template T
 * @param {T[]} contenders
 * @param {number} rounds
 * @param {(contender: T, round: number) => Promise<number>} take
 * @returns {Promise<Map<T, number[]>>} the samples of each, in the order of the rounds
 */
export async function interleave(contenders, rounds, take) {
  const samples = new Map(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) samples.get(contender).push(await take(contender, round));
  }
  return samples;
}

/**
 * The middle, the best, and how far the samples lie apart: the values that one in ten is below and one in ten above.
 *
 * @param {number[]} samples
 */
export function summarise(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), best: sorted[0], low: quantile(sorted, 0.1), high: quantile(sorted, 0.9) };
}

/**
 * How many times `samples` is `reference`: the median over the rounds of the ratio within a round.
 *
 * @param {number[] | undefined} samples
 * @param {number[] | undefined} reference
 * @returns {number | undefined} nothing when one of the two did not run
 */
export function ratio(samples, reference) {
  if (samples === undefined || reference === undefined) return undefined;
  return summarise(samples.map((sample, round) => sample / reference[round])).median;
}

/**
 * @param {number[]} sorted
 * @param {number} share
 */
function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}
