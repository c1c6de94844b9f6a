// What a host does with random messages, limits that sometimes run out, a clock and dice that the seed determines.
import { createHash } from "node:crypto";
import type { Manifest, ResourceLimits } from "../../host/contract/manifest.ts";
import type { Message } from "../../host/contract/message.ts";
import type { Platform } from "../../host/contract/platform.ts";
import { createHost, DEAD_LETTER_HEADERS, DoterosError, MemoryStore } from "../../host/index.ts";
import type { Entry } from "../../host/ledger/entry.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { Random } from "../component/random.ts";
import { randomMessage } from "./random-message.ts";

/** A capsule that takes part. */
export interface Participant {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

const GRANTS = ["state", "publish=>", "request=>", "subscribe=>", "log", "context"];
const MESSAGES_MAX = 30;
const PAGE = 65_536;

/** A platform of which all is made up, the same for the same seed. */
function seededPlatform(seed: number): Platform {
  const random = new Random(seed);
  let now = 1_700_000_000_000_000_000n;
  let elapsed = 0;
  return {
    name: "seeded",
    now: () => (now += BigInt(random.below(1_000_000_000))),
    elapsed: () => (elapsed += 1_000),
    random: (length) => Uint8Array.from({ length }, () => random.below(256)),
    defer: (callback) => queueMicrotask(callback),
    after(_, callback) {
      queueMicrotask(callback);
      return () => undefined;
    },
    sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  };
}

/** Limits of which each is sometimes low. */
function randomLimits(random: Random): Partial<ResourceLimits> {
  return {
    ...(random.once(2) ? { fuelPerMessage: 2_000 + random.below(60_000) } : {}),
    ...(random.once(3) ? { memoryBytesMax: (2 + random.below(5)) * PAGE } : {}),
    ...(random.once(3) ? { stackFramesMax: 50 + random.below(2_000) } : {}),
    ...(random.once(5) ? { stateBytesMax: 50 + random.below(300) } : {}),
    ...(random.once(5) ? { publishPerMessageMax: 1 + random.below(3) } : {}),
  };
}

/** Does one run, and adds all that came of it to a digest, but for what an engine said in its own words. */
async function run(seed: number, participants: readonly Participant[], add: (text: string) => void): Promise<void> {
  const random = new Random(seed);
  const store = new MemoryStore();
  const host = await createHost({ store, platform: seededPlatform(seed), sleep: { afterMilliseconds: "never" } });
  for (const { bytes, manifest } of participants) {
    const limits = randomLimits(random);
    const loaded = await host.load(bytes, { grants: GRANTS, manifest: { ...manifest, retry: { attempts: 1 + random.below(2) } }, limits }).then(() => "loaded", codeOf);
    add(`${manifest.name} ${loaded}`);
  }
  for (let left = 1 + random.below(MESSAGES_MAX); left > 0; left -= 1) {
    const { subject, payload } = randomMessage(random);
    await host.publish(subject, payload);
    await host.idle();
  }
  for (const bytes of store.entries(0)) add(textOf(readEntry(bytes)));
  for (const capsule of host.capsules.values()) {
    add(`${capsule.name} ${capsule.counters.fuel} ${JSON.stringify(capsule.counters)} ${capsule.state.version}`);
    for (const [key, value] of capsule.state.entries()) add(`${key} ${hex(value)}`);
  }
  await host.close();
}

function codeOf(error: unknown): string {
  if (error instanceof DoterosError) return error.code;
  throw error;
}

/** An entry without the hash of the one before, which has an engine's words in it, and without those. */
function textOf(entry: Entry): string {
  const isTrap = entry.kind === "failure" && (entry.code === "trap" || entry.code === "memory-exhausted");
  return JSON.stringify({ ...entry, previous: "" }, (key, value: unknown) => {
    if (key === "reason" && isTrap) return "";
    if (key === "headers") return (value as Message["headers"]).filter(([name]) => name !== DEAD_LETTER_HEADERS.reason);
    if (typeof value === "bigint") return String(value);
    if (value instanceof Uint8Array) return hex(value);
    return value instanceof Map ? [...value] : value;
  });
}

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** What came of many runs. */
export interface RunsReport {
  /** A digest of all that could be seen. */
  readonly digest: string;
  /** How much of what there was. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Does the runs of some seeds. */
export async function digestOfRuns(first: number, count: number, participants: readonly Participant[]): Promise<RunsReport> {
  const hash = createHash("sha256");
  const counts: Record<string, number> = {};
  const add = (text: string): void => {
    hash.update(`${text}\n`);
    const code = /^\{.*"kind":"(\w+)"/.exec(text)?.[1] ?? "";
    const kind = code === "failure" ? (/"code":"([\w-]+)"/.exec(text)?.[1] ?? code) : code;
    if (kind !== "") counts[kind] = (counts[kind] ?? 0) + 1;
  };
  for (let seed = first; seed < first + count; seed += 1) {
    await run(seed, participants, add);
    // All of a run is one turn of the event loop, and only between two of them is given back what weak references held.
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
  }
  return { digest: hash.digest("hex").slice(0, 32), counts };
}
