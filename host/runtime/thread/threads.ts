import { DoterosError } from "../../contract/error.ts";
import type { Isolation } from "../../contract/host.ts";
import { THREAD_GRACE_MILLISECONDS, THREAD_SILENCE_MILLISECONDS, THREAD_SILENCE_MILLISECONDS_MAX } from "../../contract/limits.ts";
import type { Platform, ThreadEvents, ThreadPort } from "../../contract/platform.ts";
import type { Admission } from "../admission.ts";
import { AwayGuest, type AwayGuestParts } from "./away-guest.ts";
import { Thread, type ThreadOptions } from "./thread.ts";

/** A thread that a capsule is to live in. */
export interface ThreadIsolation {
  /** The name of a thread that capsules share; undefined for one of its own. */
  readonly name: string | undefined;
  readonly silenceMilliseconds: number;
}

const NAME_LENGTH_MAX = 64;

/** What an option says; undefined for the host's own thread. @throws DoterosError `usage`; `unsupported` where there are no threads */
export function readIsolation(isolation: Isolation = "none", { name: runtime, thread: start }: Platform): ThreadIsolation | undefined {
  if (isolation === "none") return undefined;
  if (start === undefined) throw new DoterosError("unsupported", `there are no threads in ${runtime}`, { help: 'leave isolation out, or make the host with a door that has them, such as "doteros-wasm/node"' });
  if (isolation === "thread") return { name: undefined, silenceMilliseconds: THREAD_SILENCE_MILLISECONDS };
  if (typeof isolation !== "object" || isolation === null) {
    throw new DoterosError("usage", `there is no isolation ${JSON.stringify(isolation)}`, { where: "isolation", help: 'it is "none", "thread" or { thread: "NAME" }' });
  }
  const { thread: name, silenceMillisecondsMax = THREAD_SILENCE_MILLISECONDS } = isolation;
  if (typeof name !== "string" || name === "" || name.length > NAME_LENGTH_MAX) {
    throw new DoterosError("usage", `a thread's name is text of 1 to ${NAME_LENGTH_MAX} characters`, { where: "isolation.thread", help: 'leave the name out: isolation: "thread"' });
  }
  if (!(Number.isSafeInteger(silenceMillisecondsMax) && silenceMillisecondsMax >= 1 && silenceMillisecondsMax <= THREAD_SILENCE_MILLISECONDS_MAX)) {
    throw new DoterosError("usage", `silenceMillisecondsMax is a whole number from 1 to ${THREAD_SILENCE_MILLISECONDS_MAX}, not ${silenceMillisecondsMax}`, { where: "isolation.silenceMillisecondsMax" });
  }
  return { name, silenceMilliseconds: silenceMillisecondsMax };
}

/** @throws DoterosError `unsupported` when a capsule uses what its thread could not have */
export function mustFit({ composition, manifest }: Admission): void {
  const [used] = composition?.uses ?? [];
  if (used === undefined) return;
  const what = used.digest === undefined ? "the host's user provides it with" : "it is linked to another component for";
  throw new DoterosError("unsupported", `${manifest.name} cannot be in a thread yet: ${what} ${used.name}`, { where: used.name, help: 'load it with isolation: "none"' });
}

/** The threads of a host. */
export class Threads {
  readonly #options: Omit<ThreadOptions, "start">;
  readonly #named = new Map<string, Thread>();
  readonly #all = new Set<Thread>();
  #guests = 0;

  constructor(options: Omit<ThreadOptions, "start">) {
    this.#options = options;
  }

  /** A capsule that is to live in a thread. */
  guest(isolation: ThreadIsolation, parts: Omit<AwayGuestParts, "thread" | "key" | "silenceMilliseconds">): AwayGuest {
    this.#guests += 1;
    const thread = this.#thread(isolation, parts.transition.identity.name);
    return new AwayGuest({ ...parts, thread, key: this.#guests, silenceMilliseconds: isolation.silenceMilliseconds });
  }

  #thread({ name }: ThreadIsolation, capsule: string): Thread {
    const start = (events: ThreadEvents): ThreadPort => (this.#options.platform.thread as NonNullable<Platform["thread"]>)(events);
    for (const known of this.#all) if (known.isEmpty) this.#all.delete(known);
    const known = name === undefined ? undefined : this.#named.get(name);
    const thread = known ?? new Thread(name ?? capsule, { ...this.#options, start });
    this.#all.add(thread);
    if (name !== undefined) this.#named.set(name, thread);
    return thread;
  }

  /** Has all of them finish what they do and begin nothing while `change` is made. */
  async between(change: () => void): Promise<void> {
    const paused = new Set<Thread>();
    // Meanwhile others may come to be.
    for (let more = [...this.#all]; more.length > 0; more = Array.from(this.#all).filter((thread) => !paused.has(thread))) {
      for (const thread of more) paused.add(thread);
      await Promise.all(more.map(async (thread) => thread.pause()));
    }
    try {
      change();
    } finally {
      for (const thread of paused) thread.resume();
    }
  }

  /** Begins nothing more. */
  stop(): void {
    for (const thread of this.#all) thread.stop(THREAD_GRACE_MILLISECONDS);
  }

  /** Ends all of them. */
  async end(): Promise<void> {
    await Promise.all(Array.from(this.#all, async (thread) => thread.end()));
  }
}
