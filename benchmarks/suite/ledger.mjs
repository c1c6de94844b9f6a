// What a ledger on the disk costs beside the transitions: the wait for one commit, opening it again, replay.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signingKey } from "../../dist/ledger/key.js";
import { proveEntry } from "../../dist/ledger/proof.js";
import { StoreSource } from "../../dist/ledger/store-source.js";
import { createHost, nodePlatform, openDotstore, replayLedger } from "../../dist/node.js";
import { readCapsule } from "../capsule.mjs";
import { summarise } from "../measure.mjs";
import { number } from "../table.mjs";
import { message } from "../work.mjs";

export const name = "ledger";
export const title = "A ledger on the disk";

/** Entries that it is opened again with. */
const ENTRIES = 1_000_000;
const REPLAYED = 200_000;
const SINGLE_COMMITS = 500;
const PROOFS = 100;
const WINDOW = 256;
/** A key of the benchmark's own. */
const KEY = signingKey("benchmark", new Uint8Array(32)).text;
const GRANTS = ["state", "publish=counted.>", "subscribe=readings.>"];
const SECOND = 1_000;
const MEGABYTE = 1_000_000;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const folder = mkdtempSync(join(tmpdir(), "doteros-bench-"));
  try {
    return await measure(folder, progress);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder, progress) {
  const rows = [];
  const row = (task, value, unit, target) => rows.push({ task, title: task, value, unit, target });
  const begun = await open(folder);
  progress(`${SINGLE_COMMITS} commits, one at a time`);
  const { p50, p99 } = await singleCommits(begun.host);
  row("one message, until it is on the disk, median", p50, "ms");
  row("the same, of 100 the slowest", p99, "ms");
  progress(`${ENTRIES} transitions`);
  await publish(begun.host, ENTRIES - begun.store.tip.entries);
  await close(begun);
  row(`size of ${ENTRIES} entries with state and versions`, statSync(join(folder, "data.mdb")).size / MEGABYTE, "MB");
  progress("opening it again");
  const start = performance.now();
  const again = await open(folder);
  await again.host.publish("readings.seattle", message(1).payload);
  row(`from opening ${ENTRIES} entries to the first transition`, (performance.now() - start) / SECOND, "s", "at most 10");
  progress(`${PROOFS} proofs`);
  const proofs = await prove(again.store);
  row("a proof of one of them", proofs.milliseconds, "ms");
  row("its size", proofs.bytes, "bytes");
  progress(`replaying ${REPLAYED}`);
  row("replay", await replay(again.store), "transitions/s", "at least 200,000");
  await close(again);
  return rows;
}

async function open(folder) {
  const store = await openDotstore(folder);
  const host = await createHost({ store, signingKey: KEY });
  await host.load(readCapsule(), { grants: GRANTS });
  return { store, host };
}

async function close({ store, host }) {
  await host.close();
  await store.close();
}

async function singleCommits(host) {
  const samples = [];
  for (let at = 0; at < SINGLE_COMMITS; at += 1) {
    const start = performance.now();
    await host.publish("readings.seattle", message(1).payload);
    samples.push(performance.now() - start);
  }
  const sorted = samples.sort((a, b) => a - b);
  return { p50: summarise(sorted).median, p99: sorted[Math.floor(sorted.length * 0.99)] };
}

async function publish(host, times) {
  const { payload } = message(1);
  let last;
  for (let index = 1; index <= times; index += 1) {
    const published = host.publish("readings.seattle", payload);
    if (index % WINDOW === 0) {
      await last;
      last = published;
    }
  }
  await host.idle();
}

/** The middle of some proofs of entries from all over the ledger. */
async function prove(store) {
  const { sha256 } = nodePlatform;
  const samples = [];
  let bytes = 0;
  for (let at = 0; at < PROOFS; at += 1) {
    const source = new StoreSource(store, sha256);
    const index = Math.floor((at * (ENTRIES - 1)) / PROOFS);
    const start = performance.now();
    bytes = (await proveEntry(source, sha256, index, await source.entry(index))).length;
    samples.push(performance.now() - start);
  }
  return { milliseconds: summarise(samples).median, bytes };
}

/** Transitions per second, of a replay that comes out equal. */
async function replay(store) {
  const entries = (function* () {
    let count = 0;
    for (const entry of store.entries(0)) {
      if (count === REPLAYED) return;
      count += 1;
      yield entry;
    }
  })();
  const start = performance.now();
  const { transitions, difference } = await replayLedger({ entries, component: (digest) => store.component(digest) });
  if (difference !== undefined) throw new Error(`the replay differs: ${JSON.stringify(difference)}`);
  return transitions / ((performance.now() - start) / SECOND);
}

export const head = ["", "", "", "wanted"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ task, value, unit, target }) {
  return [task, number(value), unit, target ?? ""];
}
