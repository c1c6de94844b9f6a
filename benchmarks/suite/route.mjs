// Subjects and the subscriptions that they meet: the kernel, on which the bus stands, and qlobber, the fastest maintained
// matcher that npm has. Nobody remembers what it answered for a subject before.
import { Router } from "../../dist/kernel/index.js";
import { interleave, ratio, summarise, warmUp } from "../measure.mjs";
import { number, spread, times } from "../table.mjs";
import { installPeers } from "../thirdparty/install.mjs";

export const name = "route";
export const title = "Subjects met by subscriptions (ns for one subject)";

const ROUNDS = 30;
const NANOSECONDS = 1e6;
const MEBIBYTE = 1_048_576;
const SUBJECTS = 20_000;
const SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000];
/** The others would take gigabytes for more. */
const COMPARED_MAX = 100_000;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { makeQlobber, problem } = await loadPeer(progress);
  const rows = [];
  for (const size of SIZES) {
    progress(`${size.toLocaleString("en")} subscriptions`);
    rows.push(await measure(size, makeQlobber));
  }
  if (problem !== undefined) rows.push({ contender: "qlobber", title: "qlobber", problem, isMissing: true });
  return rows;
}

async function loadPeer(progress) {
  const problem = await installPeers(progress);
  if (problem !== undefined) return { problem };
  try {
    return await import("../thirdparty/qlobber.mjs");
  } catch (error) {
    return { problem: error.message };
  }
}

async function measure(size, makeQlobber) {
  const { patterns, subjects } = work(size);
  const contenders = { kernel: kernel(patterns) };
  if (size <= COMPARED_MAX && makeQlobber !== undefined) contenders.qlobber = makeQlobber(patterns);
  const row = { contender: String(size), title: `${size.toLocaleString("en")} subscriptions`, bytes: contenders.kernel.bytes() };
  const met = Object.values(contenders).map(({ match }) => subjects.reduce((sum, subject) => sum + match(subject), 0));
  if (new Set(met).size > 1) return { ...row, problem: `they met different numbers of subscriptions: ${met.join(", ")}` };
  const runners = Object.entries(contenders).map(([called, { match }]) => ({ called, repeat: repeater(match, subjects), turn: 0 }));
  for (const runner of runners) runner.turn = await warmUp(runner.repeat);
  const samples = await interleave(runners, ROUNDS, async ({ repeat, turn }) => (repeat(turn) / turn) * NANOSECONDS);
  const taken = Object.fromEntries(runners.map((runner) => [runner.called, samples.get(runner)]));
  return {
    ...row,
    metPerSubject: met[0] / subjects.length,
    nanoseconds: Object.fromEntries(Object.entries(taken).map(([called, list]) => [called, summarise(list)])),
    timesKernel: ratio(taken.qlobber, taken.kernel),
    rounds: ROUNDS,
  };
}

function kernel(patterns) {
  const router = new Router();
  for (const [id, pattern] of patterns.entries()) router.insert(pattern, id);
  return { match: (subject) => router.match(subject).subscribers.length, bytes: () => router.bytes };
}

/** Goes round and round the subjects, and keeps a sum so that no engine leaves the work out. */
const kept = { sum: 0 };

function repeater(match, subjects) {
  let next = 0;
  return (calls) => {
    const began = performance.now();
    for (let left = calls; left > 0; left -= 1) {
      kept.sum += match(subjects[next]);
      next = next + 1 === subjects.length ? 0 : next + 1;
    }
    return performance.now() - began;
  };
}

const SITES = ["seattle", "new-york", "berlin", "tokyo", "oslo", "lima", "cairo", "delhi"];
const KINDS = ["temperature", "humidity", "alarm", "state"];

/** A fleet: 70 of 100 subscriptions name one value of one device, the others have wildcards. The same ones every time. */
function work(size) {
  let state = 12_345;
  const random = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = (pool) => pool[random(pool.length)];
  const patterns = Array.from({ length: size }, () => {
    const [site, device, kind, share] = [pick(SITES), `device-${random(size)}`, pick(KINDS), random(100)];
    if (share < 70) return `readings.${site}.${device}.${kind}`;
    if (share < 85) return `readings.*.${device}.${kind}`;
    return share < 95 ? `readings.${site}.${device}.>` : `readings.*.${device}.*`;
  });
  const subjects = Array.from({ length: SUBJECTS }, () => {
    return pick(patterns).replace("*", pick(SITES)).replace("*", "alarm").replace(">", "state");
  });
  return { patterns, subjects };
}

export const head = ["", "kernel", "10% to 90%", "qlobber", "of the kernel", "met", "kernel (MiB)"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, timesKernel, metPerSubject, bytes }) {
  return [
    called,
    number(nanoseconds.kernel.median),
    spread(nanoseconds.kernel, number),
    number(nanoseconds.qlobber?.median),
    times(timesKernel),
    number(metPerSubject),
    number(bytes / MEBIBYTE),
  ];
}
