import { capsuleImports } from "../capability/imports.ts";
import { capsuleExports } from "../capability/linkage.ts";
import { parseManifest } from "../capability/manifest.ts";
import { limitsIn } from "../capability/resource-limits.ts";
import { Transition } from "../capability/transition.ts";
import { DoterosError } from "../contract/error.ts";
import type { Platform } from "../contract/platform.ts";
import { type Entry, type FailureEntry, type LoadEntry, NO_ENTRY_HASH } from "../ledger/entry.ts";
import { type Attempt, readAttempt, readEntry } from "../ledger/entry-reader.ts";
import { EntryWriter } from "../ledger/entry-writer.ts";
import { packedLeafHash } from "../ledger/merkle.ts";
import { RecordedGuard } from "../policy/recorded-guard.ts";
import { WorkingState } from "../store/working-state.ts";
import { type CapsuleComponent, capsuleComponent } from "./capsule-component.ts";
import { capsuleRules } from "./capsule-rules.ts";
import { compose, linkedComponent, type Part, type Supply } from "./composition.ts";
import { deadLetter } from "./dead-letter.ts";
import { type Failure, failureOf } from "./failure.ts";
import { Guest } from "./guest.ts";
import { hexOf } from "./hex.ts";
import { type Difference, differenceOf } from "./replay-difference.ts";

/** What a replay reads. */
export interface ReplaySource {
  /** The entries of a ledger from the first on. */
  readonly entries: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** The bytes of a component by its SHA-256 in hexadecimal digits. */
  readonly component: (digest: string) => Uint8Array | undefined;
}

/** What came of a replay. */
export interface ReplayReport {
  /** Entries that were compared. */
  readonly entries: number;
  readonly transitions: number;
  readonly failures: number;
  /** The first entry that came out otherwise; undefined when none did. */
  readonly difference: Difference | undefined;
  /** The state that each capsule that is loaded has at the end, by its name. */
  readonly states: ReadonlyMap<string, WorkingState>;
}

/** Failures that are none of the capsule's own: what it did was undone for another reason. */
const HOST_FAILURES: ReadonlySet<string> = new Set(["mailbox-full", "internal"]);

/** A capsule that does again what it did. */
interface Actor {
  readonly guest: Guest;
  readonly guard: RecordedGuard;
  readonly transition: Transition;
  readonly state: WorkingState;
  readonly digest: Uint8Array;
}

/**
 * Does again what a ledger says was done, with the same components, and writes the ledger anew: equal bytes mean equal
 * writes, outputs and hashes. Stops at the first entry that differs. What a capsule was told from outside (the time, the
 * seed of its random bytes, whether a message that failed was given up) is taken from the entries.
 */
export class Replay {
  readonly #platform: Platform;
  readonly #writer = new EntryWriter();
  readonly #actors = new Map<string, Actor>();
  readonly #states = new Map<string, WorkingState>();
  #hash = NO_ENTRY_HASH;
  /** What the entry in hand says the capsule was told. */
  #told: { readonly time: bigint | undefined; readonly seed: Uint8Array | undefined; readonly answers?: readonly Uint8Array[] | undefined } = { time: undefined, seed: undefined };
  readonly #component: ReplaySource["component"];
  readonly #outside: Platform;

  private constructor(platform: Platform, component: ReplaySource["component"]) {
    this.#platform = platform;
    this.#component = component;
    this.#outside = { ...platform, now: () => known(this.#told.time, "the time"), random: () => known(this.#told.seed, "random bytes") };
  }

  /**
   * @param progress called now and then with how many entries are done
   * @throws DoterosError `invalid-entry` for bytes that are no entry; `not-kept` when a component is missing; what compiling
   * one throws
   */
  static async run({ entries, component }: ReplaySource, platform: Platform, progress: (entries: number) => void): Promise<ReplayReport> {
    const replay = new Replay(platform, component);
    const counts = { entries: 0, transitions: 0, failures: 0 };
    const iterator = Symbol.iterator in entries ? entries[Symbol.iterator]() : entries[Symbol.asyncIterator]();
    for (;;) {
      // Most entries wait for nobody: neither those who have them at hand nor a capsule that is there.
      const step = iterator.next();
      const result: IteratorResult<Uint8Array, unknown> = step instanceof Promise ? await step : step;
      if (result.done === true) break;
      const bytes = result.value;
      const recorded = asEntry(counts.entries, () => readAttempt(bytes));
      const again = replay.#again(recorded);
      const replayed = again instanceof Promise ? await again : again;
      if (!equal(replayed, bytes)) {
        const difference = differenceOf(counts.entries, asEntry(counts.entries, () => readEntry(bytes)), readEntry(replayed));
        return { ...counts, difference, states: replay.#states };
      }
      counts.entries += 1;
      if (recorded.kind === "transition") counts.transitions += 1;
      if (recorded.kind === "failure") counts.failures += 1;
      progress(counts.entries);
    }
    return { ...counts, difference: undefined, states: replay.#states };
  }

  /** The entry that comes out of doing again what `entry` says. */
  #again(entry: Attempt | Entry): Uint8Array | Promise<Uint8Array> {
    switch (entry.kind) {
      case "load":
        return this.#load(entry).then(() => this.#chain(this.#writer.load(this.#hash, entry)));
      case "unload":
        this.#actors.delete(entry.capsule);
        return this.#chain(this.#writer.unload(this.#hash, entry));
      case "policy":
        // What it denied is in the entries of what was tried.
        return this.#chain(this.#writer.policy(this.#hash, entry));
      case "transition":
      case "failure": {
        const actor = this.#actors.get(entry.capsule);
        if (actor === undefined) throw new DoterosError("invalid-entry", `${entry.capsule} handles a message and was never loaded`);
        const { guest } = actor;
        if (guest.ready && entry.instance <= guest.instance) return this.#attempt(entry, actor, undefined);
        return renew(guest).then((failure) => this.#attempt(entry, actor, failure));
      }
    }
  }

  /** An entry that was written anew: the next one has its hash. */
  #chain(bytes: Uint8Array): Uint8Array {
    this.#hash = packedLeafHash(this.#platform.sha256, bytes);
    this.#writer.take();
    return bytes;
  }

  async #load(entry: LoadEntry): Promise<void> {
    const digest = hexOf(entry.digest);
    const made = await this.#kept(digest, entry.capsule);
    const { component, bytes } = made;
    const manifest = parseManifest(JSON.parse(entry.manifest));
    // What the ledger's manifest says was allowed.
    const limits = limitsIn(manifest);
    const state = this.#states.get(entry.capsule) ?? new WorkingState();
    this.#states.set(entry.capsule, state);
    const identity = { name: entry.capsule, version: entry.version, digest };
    const guard = new RecordedGuard();
    const transition = new Transition(identity, new Map(entry.config), limits, state, this.#outside, guard);
    const parts = await compose(made, await this.#supply(entry, transition));
    const rules = await capsuleRules(manifest, bytes);
    const linked = linkedComponent(parts, transition, (part) => capsuleImports(manifest, transition, rules, part.made.component.imports, part.dialects));
    const exports = capsuleExports(component, (parts.at(-1) as Part).dialects);
    const guest = new Guest({ ...linked, exports, transition, platform: this.#platform, instance: entry.instance - 1 });
    const failure = await renew(guest);
    if (failure !== undefined) throw new DoterosError("trap", `${entry.capsule} could be loaded then, and now: ${failure.reason}`);
    this.#actors.set(entry.capsule, { guest, guard, transition, state, digest: entry.digest });
  }

  async #kept(digest: string, capsule: string): Promise<CapsuleComponent> {
    const bytes = this.#component(digest);
    if (bytes !== undefined) return capsuleComponent(bytes, this.#platform);
    throw new DoterosError("not-kept", `the component of ${capsule} is not at hand: SHA-256 ${digest}`, { help: "give its file with --component FILE" });
  }

  /** What was provided to a capsule, and what it was linked to. Functions of the host's user answer what they answered then. */
  async #supply({ capsule, uses = [] }: LoadEntry, transition: Transition): Promise<Supply> {
    const call = (): Uint8Array => known(this.#told.answers?.[transition.answers?.length ?? 0], "an answer");
    const provided = uses.filter(({ digest }) => digest === undefined).map(({ name, operations }) => ({ name, operations: new Map(operations), has: () => true, call }));
    const linked = new Map<string, CapsuleComponent>();
    for (const { name, digest } of uses) if (digest !== undefined) linked.set(name, await this.#kept(hexOf(digest), capsule));
    return { provided, linked };
  }

  #attempt(entry: Attempt | FailureEntry, actor: Actor, renewed: Failure | undefined): Uint8Array {
    const { guest, guard, transition, state, digest } = actor;
    this.#told = entry;
    guard.expect(entry.decisions);
    transition.begin(entry.index, entry.attempt);
    const failure = renewed ?? guest.call(entry.message) ?? hostFailure(entry);
    transition.end();
    const { recordedTime: time, seed, writes, outputs, denials: decisions, fuel, answers } = transition;
    const { capsule, index, attempt, message } = entry;
    const { instance } = guest;
    let bytes: Uint8Array;
    if (failure === undefined) {
      state.apply(writes);
      // Spelled out, and in the order of the recorder's: copying a part of it would take longer than writing all of it.
      const { version } = state;
      bytes = this.#writer.transition(this.#hash, {
        capsule, digest, index, attempt, instance, message, time, seed, version, writes, outputs, decisions, fuel, answers,
      });
    } else {
      bytes = this.#writer.failure(this.#hash, { capsule, digest, index, attempt, instance, message, time, seed, decisions, fuel, answers, ...failureAgain(entry, failure) });
    }
    transition.clear();
    transition.lines.length = 0;
    return this.#chain(bytes);
  }
}

/** What of a failure is recorded, come out of `failure`. In what words an engine says why it trapped is its own affair. */
function failureAgain(entry: Attempt | FailureEntry, failure: Failure): Pick<FailureEntry, "code" | "reason" | "final" | "outputs"> {
  if (entry.kind === "transition") return { code: failure.code, reason: failure.reason, final: false, outputs: [] };
  const reason = failure.code === "trap" && entry.code === "trap" ? entry.reason : failure.reason.toWellFormed();
  const letter = (): FailureEntry["outputs"] => [deadLetter(entry.capsule, entry.index, entry.message, entry.attempt, { ...failure, reason })];
  return { code: failure.code, reason, final: entry.final, outputs: entry.outputs.length === 0 ? [] : letter() };
}

function hostFailure(entry: Attempt | FailureEntry): Failure | undefined {
  if (entry.kind === "transition" || !HOST_FAILURES.has(entry.code)) return undefined;
  return { code: entry.code as Failure["code"], reason: entry.reason, bug: undefined };
}

async function renew(guest: Guest): Promise<Failure | undefined> {
  try {
    await guest.renew();
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new DoterosError("trap", `it asks for ${what}, which it did not when this was recorded`);
  return value;
}

/** What `read` reads, which is the entry of that index. */
function asEntry<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DoterosError ? new DoterosError(error.code, `entry ${index}: ${error.message}`, { cause: error, where: `entry ${index}` }) : error;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
