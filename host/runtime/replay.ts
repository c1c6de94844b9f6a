import { asksForOutside } from "../capability/asks-for-outside.ts";
import { capsuleExports } from "../capability/linkage.ts";
import { parseManifest } from "../capability/manifest.ts";
import { limitsIn } from "../capability/resource-limits.ts";
import { Transition } from "../capability/transition.ts";
import { DoterosError } from "../contract/error.ts";
import type { Platform } from "../contract/platform.ts";
import { type Entry, type FailureEntry, type LoadEntry, NO_ENTRY_HASH, type SnapshotEntry } from "../ledger/entry.ts";
import { type Attempt, readAttempt, readEntry } from "../ledger/entry-reader.ts";
import { EntryWriter } from "../ledger/entry-writer.ts";
import { leafHash, packedLeafHash } from "../ledger/merkle.ts";
import { readSnapshot } from "../ledger/snapshot.ts";
import { RecordedGuard } from "../policy/recorded-guard.ts";
import { WorkingState } from "../store/working-state.ts";
import { type CapsuleComponent, capsuleComponent } from "./capsule-component.ts";
import { capsuleRules } from "./capsule-rules.ts";
import { restoreCapsule, snapshotTaker } from "./capsule-snapshot.ts";
import type { Supply } from "./composed.ts";
import { copying } from "./copying.ts";
import { deadLetter } from "./dead-letter.ts";
import { type Failure, failureOf } from "./failure.ts";
import { Guest } from "./guest.ts";
import { hexOf } from "./hex.ts";
import { type Difference, differenceOf } from "./replay-difference.ts";
import { componentFor, compositionOf } from "./component-for.ts";

/** What a replay reads. */
export interface ReplaySource {
  /** The entries of a ledger from `start` on. */
  readonly entries: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /**
   * The index of the first entry. Default: 0. From a later one on each capsule is done again from where a snapshot of it was
   * taken, or where it was loaded first; what it did before that is passed over.
   */
  readonly start?: number;
  /** The bytes of a component, or of a snapshot, by its SHA-256 in hexadecimal digits. */
  readonly component: (digest: string) => Uint8Array | undefined;
}

/** What came of a replay. */
export interface ReplayReport {
  /** Entries that were compared. */
  readonly entries: number;
  readonly transitions: number;
  readonly failures: number;
  /** Entries that were passed over, because nothing was known of what was before them, or what they come from lay outside. */
  readonly passed: number;
  /** The capsules that used what lies outside the host: what came from there nobody can have again, so they are passed over. */
  readonly outside: readonly string[];
  /** The first entry that came out otherwise; undefined when none did. */
  readonly difference: Difference | undefined;
  /** The state that each capsule that is loaded has at the end, by its name. */
  readonly states: ReadonlyMap<string, WorkingState>;
}

/** Failures that are none of the capsule's own: what it did was undone for another reason. */
const HOST_FAILURES: ReadonlySet<string> = new Set(["mailbox-full", "internal"]);
/** Failures whose reasons may have an engine's words in them. */
const ENGINE_TOLD: ReadonlySet<string> = new Set(["trap", "memory-exhausted"]);

/** Failures of the thread that a capsule was in: what it did there is not known, and nothing of it stayed. */
const THREAD_FAILURES: ReadonlySet<string> = new Set(["thread-lost", "thread-silent"]);

/** A capsule that does again what it did. */
interface Actor {
  readonly guest: Guest;
  readonly guard: RecordedGuard;
  readonly transition: Transition;
  readonly state: WorkingState;
  readonly digest: Uint8Array;
  /** The manifest as JSON text. */
  readonly manifest: string;
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
  /** The last transitions of capsules that are gone. */
  readonly #left = new Map<string, Transition>();
  /** Those that used what lies outside. */
  readonly #unrepeatable = new Set<string>();
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
  static async run({ entries, component, start = 0 }: ReplaySource, platform: Platform, progress: (entries: number) => void): Promise<ReplayReport> {
    const replay = new Replay(platform, component);
    const counts = { entries: 0, transitions: 0, failures: 0, passed: 0 };
    const iterator = Symbol.iterator in entries ? entries[Symbol.iterator]() : entries[Symbol.asyncIterator]();
    for (;;) {
      // Most entries wait for nobody: neither those who have them at hand nor a capsule that is there.
      const step = iterator.next();
      const result: IteratorResult<Uint8Array, unknown> = step instanceof Promise ? await step : step;
      if (result.done === true) break;
      const bytes = result.value;
      const index = start + counts.entries + counts.passed;
      const recorded = asEntry(index, () => readAttempt(bytes));
      if (replay.#isOutside(recorded, bytes) || (start > 0 && replay.#isUnknown(recorded, bytes, index === start))) {
        counts.passed += 1;
        continue;
      }
      const again = replay.#again(recorded);
      const replayed = again instanceof Promise ? await again : again;
      if (!equal(replayed, bytes)) {
        const difference = differenceOf(index, asEntry(index, () => readEntry(bytes)), readEntry(replayed));
        return { ...counts, difference, outside: [...replay.#unrepeatable], states: replay.#states };
      }
      counts.entries += 1;
      if (recorded.kind === "transition") counts.transitions += 1;
      if (recorded.kind === "failure") counts.failures += 1;
      progress(counts.entries);
    }
    return { ...counts, difference: undefined, outside: [...replay.#unrepeatable], states: replay.#states };
  }

  /** Whether it is of a capsule that uses what lies outside, now or before. */
  #isOutside(entry: Attempt | Entry, bytes: Uint8Array): boolean {
    const { capsule } = entry;
    if (entry.kind === "load" && asksForOutside(parseManifest(JSON.parse(entry.manifest)))) {
      this.#leave(capsule);
      this.#states.delete(capsule);
      this.#unrepeatable.add(capsule);
    }
    if (!this.#unrepeatable.has(capsule)) return false;
    this.#hash = leafHash(this.#platform.sha256, bytes);
    return true;
  }

  /** Whether nothing is known of the capsule before an entry: then the chain goes on with the hash that it has. */
  #isUnknown(entry: Attempt | Entry, bytes: Uint8Array, isFirst: boolean): boolean {
    if (isFirst) this.#hash = readEntry(bytes).previous;
    // One that had an instance before had a state, too.
    const begins = entry.kind === "snapshot" || (entry.kind === "load" && entry.instance === 1);
    if (begins || this.#actors.has(entry.capsule) || this.#left.has(entry.capsule)) return false;
    this.#hash = leafHash(this.#platform.sha256, bytes);
    return true;
  }

  /** The entry that comes out of doing again what `entry` says. */
  #again(entry: Attempt | Entry): Uint8Array | Promise<Uint8Array> {
    switch (entry.kind) {
      case "load":
        return this.#load(entry).then(() => this.#chain(this.#writer.load(this.#hash, entry)));
      case "unload":
        this.#leave(entry.capsule);
        return this.#chain(this.#writer.unload(this.#hash, entry));
      case "policy":
        // What it denied is in the entries of what was tried.
        return this.#chain(this.#writer.policy(this.#hash, entry));
      case "snapshot":
        return this.#snapshot(entry).then((snapshot) => this.#chain(this.#writer.snapshot(this.#hash, { ...entry, snapshot })));
      case "transition":
      case "failure": {
        const actor = this.#actors.get(entry.capsule);
        if (actor === undefined) throw new DoterosError("invalid-entry", `${entry.capsule} handles a message and was never loaded`);
        const { guest } = actor;
        const lost = failureAmong(THREAD_FAILURES, entry);
        if (lost !== undefined) return this.#attempt(entry, actor, lost);
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

  #leave(capsule: string): void {
    const actor = this.#actors.get(capsule);
    if (actor !== undefined) this.#left.set(capsule, actor.transition);
    this.#actors.delete(capsule);
  }

  async #load(entry: LoadEntry): Promise<void> {
    this.#leave(entry.capsule);
    const actor = await this.#make(entry);
    const failure = await renew(actor.guest);
    if (failure !== undefined) throw new DoterosError("trap", `${entry.capsule} could be loaded then, and now: ${failure.reason}`);
    this.#actors.set(entry.capsule, actor);
  }

  /** Has a capsule become what a snapshot says, or says what it is. Answers the SHA-256 of the snapshot. */
  async #snapshot({ capsule, snapshot, restored }: SnapshotEntry): Promise<Uint8Array> {
    const present = this.#actors.get(capsule);
    if (present !== undefined && !restored) {
      const take = await snapshotTaker(present);
      return this.#platform.sha256(take());
    }
    const bytes = this.#kept(`the snapshot of ${capsule}`, hexOf(snapshot));
    const actor = present ?? (await this.#make(readSnapshot(bytes)));
    await restoreCapsule(actor, bytes);
    this.#actors.set(capsule, actor);
    return snapshot;
  }

  #kept(what: string, digest: string): Uint8Array {
    const bytes = this.#component(digest);
    if (bytes === undefined) throw new DoterosError("not-kept", `${what} is not at hand: SHA-256 ${digest}`, { help: "give its file with --component FILE" });
    return bytes;
  }

  #compiled(capsule: string, digest: string): Promise<CapsuleComponent> {
    return capsuleComponent(this.#kept(`the component of ${capsule}`, digest), this.#platform);
  }

  /** Makes a capsule that has no instance yet. */
  async #make(entry: Pick<LoadEntry, "capsule" | "digest" | "manifest" | "config" | "instance" | "uses">): Promise<Actor> {
    const digest = hexOf(entry.digest);
    const made = await this.#compiled(entry.capsule, digest);
    const manifest = parseManifest(JSON.parse(entry.manifest));
    // What the ledger's manifest says was allowed.
    const limits = limitsIn(manifest);
    const before = this.#left.get(entry.capsule);
    const state = this.#states.get(entry.capsule) ?? new WorkingState();
    this.#states.set(entry.capsule, state);
    const identity = { name: entry.capsule, version: manifest.version, digest };
    const guard = new RecordedGuard();
    const transition = new Transition(identity, new Map(entry.config), limits, state, this.#outside, guard, before && { index: before.index, time: before.latest });
    const composition = await compositionOf(made, await this.#supply(entry, transition));
    const rules = await capsuleRules(manifest, made.bytes);
    const exports = capsuleExports(made.component, made.dialects);
    const guest = new Guest({ ...componentFor({ ...made, composition, manifest, rules }, transition), exports, transition, platform: this.#platform, copying, instance: entry.instance - 1 });
    return { guest, guard, transition, state, digest: entry.digest, manifest: entry.manifest };
  }

  /** What was provided to a capsule, and what it was linked to. Functions of the host's user answer what they answered then. */
  async #supply({ capsule, uses = [] }: Pick<LoadEntry, "capsule" | "uses">, transition: Transition): Promise<Supply> {
    const call = (): Uint8Array => known(this.#told.answers?.[transition.answers?.length ?? 0], "an answer");
    const provided = uses.filter(({ digest }) => digest === undefined).map(({ name, operations }) => ({ name, operations: new Map(operations), has: () => true, call }));
    const linked = new Map<string, CapsuleComponent>();
    for (const { name, digest } of uses) if (digest !== undefined) linked.set(name, await this.#compiled(capsule, hexOf(digest)));
    return { provided, linked };
  }

  /** @param before why it cannot be tried at all */
  #attempt(entry: Attempt | FailureEntry, actor: Actor, before: Failure | undefined): Uint8Array {
    const { guest, guard, transition, state, digest } = actor;
    this.#told = entry;
    guard.expect(entry.decisions);
    transition.begin(entry.index, entry.attempt);
    if (before !== undefined && !THREAD_FAILURES.has(before.code)) guest.payForNone();
    const failure = before ?? guest.call(entry.message) ?? failureAmong(HOST_FAILURES, entry);
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
  const isSame = failure.code === entry.code && ENGINE_TOLD.has(entry.code);
  const reason = isSame ? entry.reason : failure.reason.toWellFormed();
  const letter = (): FailureEntry["outputs"] => [deadLetter(entry.capsule, entry.index, entry.message, entry.attempt, { ...failure, reason })];
  return { code: failure.code, reason, final: entry.final, outputs: entry.outputs.length === 0 ? [] : letter() };
}

function failureAmong(codes: ReadonlySet<string>, entry: Attempt | FailureEntry): Failure | undefined {
  if (entry.kind === "transition" || !codes.has(entry.code)) return undefined;
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
