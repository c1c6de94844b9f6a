// Many capsules in one process: what each takes in memory, and how long its first message takes.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { number } from "../table.mjs";

export const name = "many";
export const title = "Many capsules in one process";

const CHILD = fileURLToPath(new URL("../many-process.mjs", import.meta.url));
const LIVE = 10_000;
const ASLEEP = 100_000;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  progress(`${LIVE} live ones`);
  const live = await measure(LIVE, "live");
  progress(`${ASLEEP} asleep`);
  const asleep = await measure(ASLEEP, "asleep");
  return [
    { title: `${LIVE.toLocaleString("en")} live, without a store`, target: { kibibytes: 25, milliseconds: 0.3 }, ...live },
    { title: `${ASLEEP.toLocaleString("en")}, all but 100 asleep, in a dotstore`, target: { kibibytes: 2, milliseconds: 1 }, ...asleep },
  ];
}

function measure(count, how) {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [String(count), how], { execArgv: ["--expose-gc"] });
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`the process ended with ${code}`)));
  });
}

export const head = ["", "KiB each, resident", "heap", "wanted", "first message (ms)", "90%", "wanted", "load (ms)"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, residentKibibytes, heapKibibytes, first, target, loading }) {
  return [called, number(residentKibibytes), number(heapKibibytes), `<= ${target.kibibytes}`, number(first.median), number(first.p90), `<= ${target.milliseconds}`, number(loading)];
}
