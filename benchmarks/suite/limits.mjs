// How long it takes to stop a capsule that does not end, in the thread of the host, and what its neighbours notice of it.
import { readFileSync } from "node:fs";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";
import { createHost } from "doteros-wasm/node";
import { summarise } from "../measure.mjs";
import { number, spread } from "../table.mjs";

export const name = "limits";
export const title = "Capsules at their limits (ms)";

const ROUNDS = 15;
const WARM = 3;
const CAPSULES = 100;
const USAGES = 100;
const GRANTS = ["publish=>", "subscribe=>"];

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const bytes = await spinning();
  progress("stopping");
  const rows = [await stopping(bytes)];
  progress("neighbours");
  rows.push(await waiting(bytes, "a message of a capsule that is alone", undefined, 5));
  rows.push(await waiting(bytes, "beside one whose messages take 2 million units", "w".repeat(20), 10));
  rows.push(await waiting(bytes, "beside one that spins until it is stopped", "s", 60));
  progress("usage");
  rows.push(await usage(bytes));
  return rows;
}

async function spinning() {
  const binary = await parse(readFileSync(new URL("../spin.wat", import.meta.url), "utf8"));
  const wit = readFileSync(new URL("../../wit/capsule.wit", import.meta.url), "utf8");
  const logging = readFileSync(new URL("../../wit/deps/wasi-logging/logging.wit", import.meta.url), "utf8").replace(/^package (.*);$/m, "package $1 {");
  return componentNew(await componentEmbed({ binary, witSource: `${wit}\n${logging}\n}\n`, world: "capsule" }));
}

const load = (host, bytes, called) =>
  host.load(bytes, {
    grants: GRANTS,
    manifest: { name: called, version: "0.1.0", capabilities: { publish: ["out"] }, subscriptions: [called], retry: { attempts: 1 } },
  });

/** From when a message is sent that spins to when it is given up, at the default limit. */
async function stopping(bytes) {
  const host = await createHost();
  const capsule = await load(host, bytes, "greedy");
  const samples = [];
  for (let round = 0; round < WARM + ROUNDS; round += 1) {
    const began = performance.now();
    await host.publish("greedy", "s");
    await host.idle();
    if (round >= WARM) samples.push(performance.now() - began);
  }
  const { exhausted } = capsule.counters;
  await host.close();
  if (exhausted !== WARM + ROUNDS) throw new Error(`${exhausted} messages were stopped, not ${WARM + ROUNDS}`);
  return { title: "a spinning capsule is stopped, at 50 million units", milliseconds: summarise(samples), target: 50, rounds: ROUNDS };
}

/** From when a quiet capsule is sent a message to when its answer is heard, while the messages of another wait, too. */
async function waiting(bytes, called, busy, target) {
  const host = await createHost();
  await load(host, bytes, "quiet");
  await load(host, bytes, "greedy");
  let heard;
  host.subscribe("out", ({ payload }) => {
    if (payload[0] === 0x71) heard?.();
  });
  const samples = [];
  for (let round = 0; round < WARM + ROUNDS; round += 1) {
    if (busy !== undefined) for (let sent = 0; sent < 2; sent += 1) void host.publish("greedy", busy);
    const began = performance.now();
    const answer = new Promise((resolve) => {
      heard = resolve;
    });
    void host.publish("quiet", "q");
    await answer;
    if (round >= WARM) samples.push(performance.now() - began);
    await host.idle();
  }
  await host.close();
  return { title: called, milliseconds: summarise(samples), target, rounds: ROUNDS };
}

async function usage(bytes) {
  const host = await createHost();
  for (let at = 0; at < CAPSULES; at += 1) await load(host, bytes, `capsule-${at}`);
  const samples = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    for (let left = USAGES; left > 0; left -= 1) host.usage();
    return (performance.now() - began) / USAGES;
  });
  await host.close();
  return { title: `usage of ${CAPSULES} capsules, summed up`, milliseconds: summarise(samples), target: 1, rounds: ROUNDS };
}

export const head = ["", "median", "best", "10% to 90%", "wanted"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, milliseconds, target }) {
  const { median, best } = milliseconds;
  return [called, number(median), number(best), spread(milliseconds, number), `<= ${target}`];
}
