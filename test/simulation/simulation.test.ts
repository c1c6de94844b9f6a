import { beforeAll, describe, expect, it } from "vitest";
import { Transition } from "../../host/capability/transition.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { leafHash } from "../../host/ledger/merkle.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { capsuleComponent } from "../../host/runtime/capsule-component.ts";
import { Journal } from "../../host/runtime/journal.ts";
import { KeptMailbox } from "../../host/runtime/kept-mailbox.ts";
import { give } from "../../host/runtime/give.ts";
import { Replay } from "../../host/runtime/replay.ts";
import { AwayGuest } from "../../host/runtime/thread/away-guest.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { type Outcome, World } from "./world.ts";

/** How many runs; `npm run soak` asks for more. */
const SEEDS = Number(process.env["DOTEROS_SEEDS"] ?? 200);
const FIRST = Number(process.env["DOTEROS_SEED"] ?? 1);

let script: Uint8Array;
/** What someone has is not compiled again. */
const kept: unknown[] = [];
beforeAll(async () => {
  script = await scriptCapsule({ pages: 1 });
  // Files are read and modules compiled where no simulated clock waits for it.
  kept.push(await capsuleComponent(script, nodePlatform), await import("../../host/runtime/thread/threads.ts"));
});

/** Everything that is wrong with a run; nothing may be. */
async function faultsOf(outcome: Outcome): Promise<string[]> {
  return [...deliveryFaults(outcome), ...ledgerFaults(outcome), ...(await replayFaults(outcome))];
}

/** How often each message was handled or given up, by the subject that it was sent to. */
function ends({ store }: Outcome): Map<string, { handled: number; givenUp: number }> {
  const counts = new Map<string, { handled: number; givenUp: number }>();
  for (const bytes of store.entries(0)) {
    const entry = readEntry(bytes);
    if (entry.kind !== "transition" && !(entry.kind === "failure" && entry.final)) continue;
    const { subject } = entry.message;
    const count = counts.get(subject) ?? { handled: 0, givenUp: 0 };
    if (entry.kind === "transition") count.handled += 1;
    else count.givenUp += 1;
    counts.set(subject, count);
  }
  return counts;
}

function deliveryFaults(outcome: Outcome): string[] {
  const { heard, sent, store, early } = outcome;
  const faults = early.map(({ subject, sequence }) => `${subject} (${sequence}) was heard before it was durable`);
  const counts = ends(outcome);
  const subjects = new Map<string, Map<number, string>>();
  for (const { subject, sequence, text } of heard) {
    const times = subjects.get(subject) ?? new Map<number, string>();
    if ((times.get(sequence) ?? text) !== text) faults.push(`${subject} (${sequence}) was heard in two versions`);
    subjects.set(subject, times.set(sequence, text));
  }
  const once = (subject: string): void => {
    const times = subjects.get(subject)?.size ?? 0;
    if (times !== 1) faults.push(`${subject} was heard as ${times} messages`);
  };
  for (const [subject, text] of sent) {
    const id = subject.slice("src.".length);
    const { handled = 0, givenUp = 0 } = counts.get(subject) ?? {};
    if (handled + givenUp !== 1) faults.push(`${subject} was handled ${handled} times and given up ${givenUp} times`);
    if (handled === 0) continue;
    const next = counts.get(`mid.${id}`) ?? { handled: 0, givenUp: 0 };
    if (next.handled + next.givenUp !== 1) faults.push(`mid.${id} was handled ${next.handled} times and given up ${next.givenUp} times`);
    if (next.handled === 1) once(`out.${id}`);
    if (text.includes("ctx.")) once(`ctx.${id}`);
    if (text.includes("keys.")) once(`keys.${id}`);
    if (store.state("first").get(`k.${id}`) === undefined) faults.push(`${subject} was handled, and left nothing`);
  }
  const letters = [...counts.values()].reduce((sum, { givenUp }) => sum + givenUp, 0);
  const heardLetters = new Set(heard.filter(({ subject }) => subject.startsWith("dlq.")).map(({ sequence }) => sequence)).size;
  if (letters !== heardLetters) faults.push(`${letters} messages were given up, and ${heardLetters} dead letters heard`);
  if ([...store.deadLetters()].length !== letters) faults.push("the store has other dead letters than the ledger");
  for (const mailbox of ["first", "second", "subscriber/out", "subscriber/dead"]) {
    for (const { sequence } of store.mailbox(mailbox)) faults.push(`message ${sequence} still waits in ${mailbox}`);
  }
  return faults;
}

function ledgerFaults({ store }: Outcome): string[] {
  const faults: string[] = [];
  let hash: Uint8Array = new Uint8Array(32);
  let index = 0;
  for (const bytes of store.entries(0)) {
    if (Buffer.compare(readEntry(bytes).previous, hash) !== 0) faults.push(`entry ${index} does not follow the one before`);
    hash = leafHash(nodePlatform.sha256, bytes);
    index += 1;
  }
  if (store.tip.entries !== index || Buffer.compare(store.tip.hash, hash) !== 0) faults.push("the tip is not that of the ledger");
  return faults;
}

async function replayFaults({ store }: Outcome): Promise<string[]> {
  const source = { entries: store.entries(0), component: (digest: string) => store.component(digest) };
  const { difference, states } = await Replay.run(source, nodePlatform, () => undefined);
  if (difference !== undefined) return [`a replay differs: ${JSON.stringify(difference)}`];
  const plain = (entries: Iterable<readonly [string, Uint8Array]>): string => JSON.stringify(Array.from(entries, ([key, value]) => [key, [...value]]));
  return ["first", "second"].flatMap((name) =>
    plain(states.get(name)?.scan("", undefined) ?? []) === plain(store.state(name).scan("", undefined)) ? [] : [`a replay leaves another state of ${name}`],
  );
}

describe("a simulated world", () => {
  it(`keeps every promise, from seed ${FIRST} on`, { timeout: 60_000 + SEEDS * 3_000 }, async () => {
    let crashes = 0;
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const outcome = await new World(seed, script).run().catch((cause: unknown) => {
        throw new Error(`seed ${seed} failed`, { cause });
      });
      crashes += outcome.crashes;
      expect(await faultsOf(outcome), `seed ${seed}`).toEqual([]);
    }
    expect(crashes).toBeGreaterThan(SEEDS / 2);
  });

  it(`keeps every promise when capsules are in threads, from seed ${FIRST} on`, { timeout: 60_000 + SEEDS * 3_000 }, async () => {
    const lost = new Set<string>();
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const outcome = await new World(seed, script, true).run().catch((cause: unknown) => {
        throw new Error(`seed ${seed} failed`, { cause });
      });
      expect(await faultsOf(outcome), `seed ${seed}`).toEqual([]);
      for (const bytes of outcome.store.entries(0)) {
        const entry = readEntry(bytes);
        if (entry.kind === "failure") lost.add(entry.code);
      }
    }
    expect([...lost]).toEqual(expect.arrayContaining(["thread-lost", "thread-silent", "trap", "capsule-fault"]));
  });

  it.each([false, true])("is the same for the same seed (threads: %s)", async (inThreads) => {
    const told = async (seed: number): Promise<unknown> => {
      const { heard, crashes, steps, store } = await new World(seed, script, inThreads).run();
      return { heard, crashes, steps, tip: store.tip };
    };
    for (const seed of [3, 14, 15]) expect(await told(seed)).toEqual(await told(seed));
  });
});

describe("the simulator notices", { timeout: 120_000 }, () => {
  /** What is wrong with some runs while a method does something else. */
  async function faultsWith<T extends object, K extends keyof T>(of: T, method: K, other: T[K], inThreads = false): Promise<string[]> {
    const original = of[method];
    of[method] = other;
    try {
      const faults: string[] = [];
      for (let seed = 1; seed <= 25; seed += 1) {
        const outcome = await new World(seed, script, inThreads).run().catch(String);
        faults.push(...(typeof outcome === "string" ? [outcome] : await faultsOf(outcome)));
      }
      return faults;
    } finally {
      of[method] = original;
    }
  }

  it("a gate that stands open", async () => {
    const open: Journal["gate"] = ({ receiver, message, sequence, sender }) => give(receiver, message, sequence, sender);
    expect(await faultsWith(Journal.prototype, "gate", open)).toContainEqual(expect.stringContaining("before it was durable"));
  });

  it("mailboxes that are not kept", async () => {
    expect(await faultsWith(KeptMailbox.prototype, "tell", () => undefined)).toContainEqual(expect.stringMatching(/handled 0 times/));
  });

  it("messages that count twice when they come twice", async () => {
    expect(await faultsWith(Journal.prototype, "isRepeated", () => false)).toContainEqual(expect.stringMatching(/handled [2-9] times/));
  });

  it("threads that begin with an older state", async () => {
    const order = Object.getOwnPropertyDescriptor(AwayGuest.prototype, "order")?.value as AwayGuest["order"];
    const forgetful: AwayGuest["order"] = function (this: AwayGuest) {
      return { ...order.call(this), state: [], version: 0 };
    };
    expect(await faultsWith(AwayGuest.prototype, "order", forgetful, true)).toContainEqual(expect.stringContaining("a replay differs"));
  });

  it("chance that is not recorded", async () => {
    const end = Object.getOwnPropertyDescriptor(Transition.prototype, "end")?.value as Transition["end"];
    const forgetful = function (this: Transition): void {
      end.call(this);
      this.seed = undefined;
    };
    expect(await faultsWith(Transition.prototype, "end", forgetful)).toContainEqual(expect.stringContaining("a replay differs"));
  });
});
