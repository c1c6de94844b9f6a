import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDotstore } from "../../host/node.ts";
import { start } from "../cli/command.ts";
import { Random } from "../component/random.ts";

/** How often the command is killed in all; `npm run soak` asks for more. */
const KILLS = Number(process.env["DOTEROS_KILLS"] ?? 12);
const SEED = Number(process.env["DOTEROS_SEED"] ?? Date.now() % 1_000_000);
/** How often it is killed on one store, before it is let go on to its end. */
const KILLS_PER_STORE = 8;
/** The longest a run may go on before it is killed, in milliseconds; most of the work is over by then. */
const LIFE_MILLISECONDS = 900;

const WORDS = [
  "run",
  ".build/capsules/weather/weather.wasm",
  "--input",
  "node_modules/vega-datasets/data/weather.csv",
  "--subject",
  "readings.{location}",
  "--resume",
  "--json",
  ...["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"].flatMap((grant) => ["--grant", grant]),
];

/** What a store and those who listened have at the end. */
interface Outcome {
  /** Keys and values, as text. */
  readonly state: [string, string][];
  /** For each subject what was published on it, in order. */
  readonly published: Record<string, string[]>;
}

const folder = mkdtempSync(join(tmpdir(), "kills-"));
let expected: Outcome;
beforeAll(async () => {
  expected = await untilDone(join(folder, "expected"), () => undefined);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command on one store, again and again, until it ends by itself. `life` says when it is killed, if it is. */
async function untilDone(store: string, life: () => number | undefined): Promise<Outcome> {
  const lines = new Map<number, { subject: string; payload: string }>();
  for (let code: number | null = null; code === null; ) {
    const child = start([...WORDS, "--store", store]);
    child.stdin.end();
    const closed = new Promise<number | null>((resolve) => {
      child.once("close", resolve);
    });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const milliseconds = life();
    if (milliseconds !== undefined) await Promise.race([wait(milliseconds), closed]);
    if (milliseconds !== undefined) child.kill("SIGKILL");
    code = await closed;
    const [stdout, stderr] = await output;
    if (code !== null && code !== 0) throw new Error(`seed ${SEED}: the command ended with ${code}: ${stderr}`);
    // A line that was cut is of a message that comes again.
    for (const line of stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n").filter((part) => part !== "")) remember(line, lines);
  }
  return { state: await stateOf(store), published: bySubject(lines) };
}

function remember(line: string, lines: Map<number, { subject: string; payload: string }>): void {
  const { type, sequence, subject, payload } = JSON.parse(line) as { type: string; sequence: number; subject: string; payload: unknown };
  if (type !== "message") return;
  const said = { subject, payload: JSON.stringify(payload) };
  const before = lines.get(sequence);
  // A message may come again, but it is the same one.
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(said)) throw new Error(`seed ${SEED}: message ${sequence} was ${before.payload} and is ${said.payload}`);
  lines.set(sequence, said);
}

function bySubject(lines: Map<number, { subject: string; payload: string }>): Record<string, string[]> {
  const published: Record<string, string[]> = {};
  for (const [, { subject, payload }] of [...lines].sort(([a], [b]) => a - b)) (published[subject] ??= []).push(payload);
  return published;
}

async function stateOf(path: string): Promise<[string, string][]> {
  const store = await openDotstore(path);
  const state = Array.from(store.state("weather").scan("", undefined), ([key, value]): [string, string] => [key, new TextDecoder().decode(value)]);
  expect([...store.mailbox("weather")]).toEqual([]);
  await store.close();
  return state;
}

describe("a run that is killed", () => {
  it(`loses nothing and does nothing twice, in ${KILLS} kills`, { timeout: 60_000 + KILLS * 5_000 }, async () => {
    const random = new Random(SEED);
    expect(expected.state.length).toBeGreaterThan(1);
    expect(Object.values(expected.published).flat().length).toBeGreaterThan(100);
    for (let kills = 0, stores = 1; kills < KILLS; kills += KILLS_PER_STORE, stores += 1) {
      // Every run that is killed may have done nothing yet, so after some of them one goes on to its end.
      let left = Math.min(KILLS - kills, KILLS_PER_STORE);
      const outcome = await untilDone(join(folder, String(stores)), () => {
        if (left === 0) return undefined;
        left -= 1;
        return 150 + random.below(LIFE_MILLISECONDS);
      });
      expect(outcome, `seed ${SEED}, store ${stores}`).toEqual(expected);
    }
  });
});
