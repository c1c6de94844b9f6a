import { setImmediate as turn } from "node:timers/promises";
import { DoterosError } from "../../host/contract/error.ts";
import type { Host, Isolation, LoadOptions } from "../../host/contract/host.ts";
import type { Message } from "../../host/contract/message.ts";
import type { Platform } from "../../host/contract/platform.ts";
import { createHost } from "../../host/index.ts";
import { Random } from "../component/random.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, textOf } from "../fixture/running.ts";
import { Clock, Machine, simulatedPlatform } from "./platform.ts";
import { SimulatedStore, type Weather } from "./store.ts";
import { simulatedThreads } from "./thread.ts";

// What a host loads where there is a store, and with its first capsule, is loaded before: that takes real time, of which a world
// has none.
await Promise.all([
  import("../../host/runtime/journal.ts"),
  import("../../host/runtime/capsule-recorder.ts"),
  import("../../host/runtime/make-checkpoint.ts"),
  import("../../host/runtime/no-room.ts"),
  import("../../host/wasm/rewrite/rewrite-module.ts"),
  import("../../host/capability/manifest.ts"),
  import("../../host/capability/read-limits.ts"),
  import("../../host/kernel/route.ts"),
]);

/** Messages that each source sends. */
const MESSAGES = 24;
const SOURCES = ["red", "blue"];
const CRASHES_MAX = 6;
/** No run needs more: one that takes more hangs. */
const STEPS_MAX = 20_000;

/** Someone outside who sends messages, again when it does not know whether they arrived. */
interface Source {
  readonly name: string;
  /** How many of its messages are known to be kept. */
  acknowledged: number;
}

/** Enough for every message, and so little that nobody waits long for a thread that hangs. */
const FUEL = 1_000_000;
const ISOLATIONS: readonly Isolation[] = ["none", { thread: "one", silenceMillisecondsMax: 40 }, { thread: "one", silenceMillisecondsMax: 40 }, { thread: "two", silenceMillisecondsMax: 40 }];

/** What was heard outside of the host. */
export interface Heard {
  readonly sequence: number;
  readonly subject: string;
  readonly text: string;
}

/** What a run came to. */
export interface Outcome {
  readonly store: SimulatedStore;
  readonly heard: readonly Heard[];
  readonly crashes: number;
  readonly steps: number;
  /** The text of each message that was sent, by the subject that it was sent to. */
  readonly sent: ReadonlyMap<string, string>;
  /** Messages that the outside heard before the store had what they come from. */
  readonly early: readonly Heard[];
}

/**
 * Two capsules on a store, sources outside that send to the first one, which sends to the second one, and a listener
 * outside: run until everything is handled, while machines crash, commits fail and messages come twice.
 */
export class World {
  readonly #random: Random;
  readonly #clock = new Clock();
  readonly #store: SimulatedStore;
  readonly #script: Uint8Array;
  readonly #sources: Source[] = SOURCES.map((name) => ({ name, acknowledged: 0 }));
  readonly #sent = new Map<string, string>();
  readonly #heard: Heard[] = [];
  readonly #early: Heard[] = [];
  #crashes = 0;
  #steps = 0;

  readonly #inThreads: boolean;

  /** @param inThreads whether capsules may be in threads, which are lost now and then */
  constructor(seed: number, script: Uint8Array, inThreads = false) {
    this.#inThreads = inThreads;
    this.#random = new Random(seed);
    const weather: Weather = { slow: this.#random.pick([0, 3, 40]), failsOnceIn: this.#random.pick([0, 0, 3, 10]) };
    this.#store = new SimulatedStore(this.#clock, this.#random, weather);
    this.#script = script;
    for (const { name } of this.#sources) {
      for (let at = 1; at <= MESSAGES; at += 1) this.#sent.set(`src.${name}.${at}`, this.#scriptFor(`${name}.${at}`));
    }
  }

  async run(): Promise<Outcome> {
    while (!(await this.#live())) this.#crashes += 1;
    return { store: this.#store, heard: this.#heard, crashes: this.#crashes, steps: this.#steps, sent: this.#sent, early: this.#early };
  }

  /** What the first capsule does with a message: most write and send on, some read time and chance, some fail. */
  #scriptFor(id: string): string {
    const good = `p k.${id} 1\nm mid.${id} xout.${id}`;
    switch (this.#random.below(10)) {
      case 0:
        return `${good}\nc ctx.${id}`;
      case 1:
        return `p bad.${id} 1\nm mid.bad.${id} x\nf poison`;
      case 2:
        return `${good}\nt`;
      case 3:
        return `o\n${good}`;
      case 4:
        return `p k.${id} 1\nm mid.${id} t`;
      case 5:
        return `d k.${id}\n${good}\ns keys.${id}`;
      default:
        return good;
    }
  }

  /** One life of the machine. True when everything is done, false when it crashed. */
  async #live(): Promise<boolean> {
    const machine = new Machine(this.#crashes < CRASHES_MAX ? 20 + this.#random.below(400) : Number.POSITIVE_INFINITY);
    this.#store.attach(machine);
    let done = false;
    let failure: unknown;
    const finished = (): void => {
      done = true;
    };
    this.#work(machine).then(finished, (error: unknown) => {
      failure = error;
    });
    for (;;) {
      // All that promises lead to happens before the next event.
      await turn();
      if (done || machine.crashed) break;
      if (failure !== undefined) throw failure;
      this.#steps += 1;
      if (this.#steps > STEPS_MAX) throw new Error("it goes on for ever");
      if (!this.#clock.next(this.#random)) throw new Error("it waits for ever");
    }
    if (done) return true;
    this.#clock.clear();
    this.#store.crash();
    return false;
  }

  async #work(machine: Machine): Promise<void> {
    const host = await createHost({
      store: this.#store,
      platform: this.#platform(machine),
      mailbox: { messagesMax: this.#random.pick([1, 4, 100]) },
    });
    for (const [name, pattern] of [["out", "out.>"], ["dead", "dlq.>"], ["ctx", "ctx.>"], ["keys", "keys.>"]] as const) {
      host.subscribe(pattern, (message, sequence) => this.#listen(machine, message, sequence), { durable: name });
    }
    const first = { ...SCRIPT_MANIFEST, name: "first", subscriptions: ["src.>"], retry: { attempts: 2, backoffMilliseconds: 5 } };
    const second = { ...SCRIPT_MANIFEST, name: "second", subscriptions: ["mid.>"], retry: { attempts: 2 } };
    for (const manifest of this.#random.shuffled([first, second])) {
      const isolation = this.#inThreads ? this.#random.pick<Isolation>(ISOLATIONS) : "none";
      await this.#load(host, { manifest, grants: ALL_GRANTS, limits: { fuelPerMessage: FUEL }, isolation });
    }
    await Promise.all(this.#sources.map((source) => this.#send(host, source)));
    await host.idle();
    await host.close();
  }

  /** A thread may be lost as often as a start is tried: then it is for whoever loads to try again. */
  async #load(host: Host, options: LoadOptions): Promise<void> {
    await host.load(this.#script, options).catch((error: unknown) => {
      if (!(error instanceof DoterosError) || !error.code.startsWith("thread-")) throw error;
      return this.#load(host, options);
    });
  }

  #platform(machine: Machine): Platform {
    const platform = simulatedPlatform(this.#clock, machine, this.#random);
    if (!this.#inThreads) return platform;
    return { ...platform, thread: simulatedThreads(this.#clock, this.#random, platform, () => machine.crashed) };
  }

  /** Sends what is not known to be kept, and sometimes what is, several at a time. */
  async #send(host: Host, source: Source): Promise<void> {
    const window = 1 + this.#random.below(8);
    const underWay: Promise<void>[] = [];
    const again = this.#random.below(4);
    for (let at = Math.max(1, source.acknowledged + 1 - again); at <= MESSAGES; at += 1) {
      const subject = `src.${source.name}.${at}`;
      const published = host.publish(subject, this.#sent.get(subject) ?? "", { source: { name: source.name, sequence: at } }).then(() => acknowledge(source, at));
      published.catch(() => undefined);
      underWay.push(published);
      if (underWay.length >= window) await underWay.shift();
    }
    await Promise.all(underWay);
  }

  #listen(machine: Machine, message: Message, sequence: number): void {
    // A crash may strike before or after someone has heard.
    if (machine.step()) return;
    const heard = { sequence, subject: message.subject, text: textOf(message.payload) };
    this.#heard.push(heard);
    if (sequence > this.#store.tip.sequence) this.#early.push(heard);
    machine.step();
  }
}

function acknowledge(source: Source, at: number): void {
  source.acknowledged = Math.max(source.acknowledged, at);
}
