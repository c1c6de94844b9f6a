// The same work in every runtime that is here, as table and as RUNTIMES.md beside this folder.
import { fileURLToPath } from "node:url";
import { bundleScript } from "../../test/contract/bundle.mjs";
import { runOn } from "../../test/contract/run.mjs";
import { findRuntime, RUNTIMES } from "../../test/contract/runtimes.mjs";
import { summarise } from "../measure.mjs";
import { micro, number } from "../table.mjs";

export const name = "runtimes";
export const title = "Each runtime: one handler call through the linker (µs), and transitions/s of a host";

/** How often each runtime is started, in turn with the others. */
const VISITS = 5;
const NANOSECONDS_PER_SECOND = 1e9;
const CAPSULE = fileURLToPath(new URL("../../.build/capsules/counter", import.meta.url));

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const rows = Object.keys(RUNTIMES).map((id) => {
    const { program, version, missing } = findRuntime(id);
    return { runtime: id, title: RUNTIMES[id].name, program, version, missing };
  });
  const here = rows.filter(({ program }) => program !== undefined);
  const scripts = new Map();
  for (const door of new Set(here.map(({ runtime }) => RUNTIMES[runtime].door))) scripts.set(door, await bundled(door));
  const samples = new Map(here.map((row) => [row, []]));
  for (let visit = 1; visit <= VISITS; visit += 1) {
    for (const row of here) {
      if (row.problem !== undefined) continue;
      progress(`${row.title}, ${visit} of ${VISITS}`);
      try {
        const [report] = await runOn(row.runtime, row.program, scripts.get(RUNTIMES[row.runtime].door), CAPSULE, ["worker"]);
        samples.get(row).push(report);
      } catch (error) {
        row.problem = error.message;
      }
    }
  }
  return rows.map((row) => rowOf(row, samples.get(row)));
}

function bundled(door) {
  const [source, folder] = [`../runtime/${door}.mjs`, `../../.build/benchmarks/${door}`].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return bundleScript(door, source, folder);
}

function rowOf({ runtime, title: called, version, missing, problem = missing }, reports) {
  if (problem !== undefined) return { runtime, title: called, problem, isMissing: missing !== undefined };
  const of = (what) => summarise(reports.flatMap((report) => report[what]));
  const perSecond = (what) => NANOSECONDS_PER_SECOND / of(what).median;
  const transitionsPerSecond = { memory: perSecond("memory"), ledger: perSecond("ledger"), disk: perSecond("disk") };
  return { runtime, title: called, version, nanoseconds: of("call"), transitionsPerSecond, visits: VISITS };
}

export const head = ["", "version", "handler call", "no ledger", "ledger in memory", "ledger on disk"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, version, nanoseconds, transitionsPerSecond: { memory, ledger, disk } }) {
  return [called, version, micro(nanoseconds.median), number(memory), number(ledger), number(disk)];
}

/** Where the table is kept. */
export const file = fileURLToPath(new URL("../RUNTIMES.md", import.meta.url));

/**
 * The table as it is kept.
 *
 * @param {Awaited<ReturnType<typeof run>>} rows
 * @param {{ cores: number, cpu: string }} machine
 */
export function markdown(rows, { cores, cpu }) {
  const line = (row) => `| ${row.join(" | ")} |\n`;
  const measured = ["runtime", "version", "one handler call, µs", "transitions/s, no ledger", "ledger in memory", "ledger on disk"];
  const body = rows.map((row) => line(row.problem === undefined ? cells(row) : [row.title, `not measured: ${row.problem.split("\n", 1)[0]}`, "", "", "", ""]));
  return `# The same work in each runtime

Written by \`npm run bench -- runtimes --write\` on ${cores} x ${cpu}: another machine has other figures.

${line(measured)}|---|---|---:|---:|---:|---:|
${body.join("")}
The capsule is \`capsules-as/counter\` everywhere, and so is the code. A handler call goes through the linker alone: state get, state put,
publish. A transition goes through the whole host. On disk it is kept before anyone hears of it: by LMDB in a folder, in browsers by
SQLite in the site's private files, in a worker. Medians of ${VISITS} visits to each runtime, in turn with the others.
`;
}
