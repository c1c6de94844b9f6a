import { DoterosError } from "../contract/error.ts";
import { COMMIT_ATTEMPTS_MAX, GROUP_BYTES_MAX, GROUP_ENTRIES_MAX } from "../contract/limits.ts";
import type { Message } from "../contract/message.ts";
import type { Platform } from "../contract/platform.ts";
import type { Batch, MailboxRow, Store, StoredCheckpoint, Tip, Writes } from "../contract/store.ts";
import { readMessage } from "../ledger/entry-reader.ts";
import { EntryWriter } from "../ledger/entry-writer.ts";
import { packedLeafHash } from "../ledger/merkle.ts";
import { give } from "./give.ts";
import { type Gated, Group, type Recorded } from "./group.ts";
import { KeptMailbox, type Waiting } from "./kept-mailbox.ts";
import type { Runnable, Scheduler } from "./scheduler.ts";

/** The wait before a commit that failed is tried again, in milliseconds; it doubles each time. */
const RETRY_MILLISECONDS = 10;
const RETRY_MILLISECONDS_MAX = 1_000;

/** How long a group gathers while capsules have work, in nanoseconds. */
const GATHER_NANOSECONDS = 2_000_000;

/** What a journal stands between. */
export interface JournalOptions {
  readonly store: Store;
  readonly platform: Platform;
  readonly scheduler: Scheduler;
  /** Told when a commit fails that is tried again, the first time. */
  readonly warn: (message: string) => void;
  /** Told when a commit is given up. */
  readonly report: (error: unknown) => void;
  /** Told when a commit is given up: nothing more will be kept, so nothing more may happen. */
  readonly fail: (error: DoterosError) => void;
}

/**
 * Has what happens kept, in groups: while one group is being committed, the next one gathers, so that a slow disk makes
 * groups larger and nothing else slower. Capsules run ahead of it; what leaves the host waits at the gate until the group
 * it belongs to is durable.
 *
 * A commit that fails is tried again, the same one, because those after it stand on it. One that fails for good ends the
 * host: what is not kept has, for everyone outside, not happened.
 */
export class Journal implements Runnable {
  queued = false;
  readonly store: Store;
  readonly #options: JournalOptions;
  readonly writer = new EntryWriter();
  readonly #mailboxes = new Map<string, KeptMailbox>();
  #group = new Group();
  /** When the open group had its first part, on the platform's `elapsed` clock. */
  #begunAt = 0;
  /** The group that is being committed. */
  #committing: Group | undefined;
  #failure: DoterosError | undefined;
  #entries: number;
  #hash: Uint8Array;
  #sequence: number;
  /** Those who wait until there is room in the open group. */
  #crowd: (() => void)[] = [];

  constructor(options: JournalOptions) {
    const { store } = options;
    this.store = store;
    this.#options = options;
    ({ entries: this.#entries, hash: this.#hash, sequence: this.#sequence } = store.tip);
  }

  /** The hash of the last entry, kept or not yet. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  /** How the ledger goes on, kept or not yet. */
  get tip(): Tip {
    return { entries: this.#entries, hash: this.#hash, sequence: this.#sequence };
  }

  /** Whether so much is waiting to be kept that capsules should wait, too. */
  get crowded(): boolean {
    return this.#committing !== undefined && (this.#group.entries >= GROUP_ENTRIES_MAX || this.#group.bytes >= GROUP_BYTES_MAX);
  }

  /** Calls `callback` once, when that is over. */
  whenRoom(callback: () => void): void {
    this.#crowd.push(callback);
  }

  /** The sequence of the next message. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** The messages that wait in a mailbox, as the store has them, in order. */
  *waiting(name: string): Generator<{ readonly message: Message; readonly sequence: number }> {
    for (const { message, sequence } of this.store.mailbox(name)) yield { message: readMessage(message), sequence };
  }

  /** What the store knows of a mailbox; `waiting` is where its messages are from now on. */
  mailbox(name: string, waiting: Waiting): KeptMailbox {
    const known = this.#mailboxes.get(name);
    if (known !== undefined) {
      known.waiting = waiting;
      return known;
    }
    const kept = new KeptMailbox(name, waiting, this.#sequence);
    this.#mailboxes.set(name, kept);
    return kept;
  }

  /** A message came into the mailbox of that name. */
  arrived(name: string): void {
    const kept = this.#mailboxes.get(name);
    if (kept !== undefined) this.#open().mailboxes.add(kept);
  }

  /** A message that was in the mailbox is done with. */
  handled(kept: KeptMailbox, sequence: number): void {
    kept.handled(sequence);
    this.#open().mailboxes.add(kept);
  }

  /** Keeps a message from its receiver until all that happened so far is durable. */
  gate(gated: Gated): void {
    this.#open().gated.push(gated);
  }

  /** Adds an entry to the ledger, which the writer wrote last. Answers its index. */
  append(entry: Uint8Array, capsule: Recorded): number {
    const group = this.#open();
    group.entries += 1;
    group.bytes += entry.length;
    group.capsules.add(capsule);
    this.#hash = packedLeafHash(this.#options.platform.sha256, entry);
    this.#entries += 1;
    return this.#entries - 1;
  }

  /** The state of a capsule has changed. The writes are the journal's to keep. */
  changed(capsule: string, version: number, writes: Writes): void {
    this.#open().changes.push({ capsule, version, writes });
  }

  /** An entry names these bytes by their SHA-256: a component, or a snapshot. */
  component(digest: string, bytes: Uint8Array): void {
    this.#open().components.set(digest, bytes);
  }

  /** What of the instance of a capsule that is asleep is to be kept; undefined when there is none. */
  image(capsule: string, bytes: Uint8Array | undefined): void {
    this.#open().images.set(capsule, bytes);
  }

  /** The entry of that index says that a message was given up. */
  deadLetter(index: number): void {
    this.#open().deadLetters.push(index);
  }

  /** A checkpoint was made of the ledger. */
  checkpoint(checkpoint: StoredCheckpoint): void {
    this.#open().checkpoints.push(checkpoint);
  }

  /** Whether a message of a source is one that came before; if not, it is the last one now. */
  isRepeated(source: string, sequence: number): boolean {
    if (sequence <= (this.#group.sources.get(source) ?? this.#committing?.sources.get(source) ?? this.store.source(source))) return true;
    this.#open().sources.set(source, sequence);
    return false;
  }

  /**
   * Resolves when all that happened so far is durable, and what waited at the gate is on its way.
   *
   * @throws DoterosError `store-failed`
   */
  durable(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const group = this.#group.begun ? this.#group : this.#committing;
    return group?.kept ?? Promise.resolve();
  }

  /** Has everything kept that happened, while nothing more happens. @throws DoterosError `store-failed` */
  async finish(): Promise<void> {
    while (this.#group.begun || this.#committing !== undefined) {
      const durable = this.durable();
      if (this.#committing === undefined && this.#failure === undefined) this.#commit();
      await durable;
    }
  }

  run(): boolean {
    if (this.#committing !== undefined || !this.#group.begun || this.#failure !== undefined) return false;
    // A message that is handled before it is written down as waiting never has to be.
    const { scheduler, platform } = this.#options;
    if (scheduler.isBusy && platform.elapsed() < this.#begunAt + GATHER_NANOSECONDS) return true;
    this.#commit();
    return false;
  }

  #open(): Group {
    const group = this.#group;
    if (!group.begun) {
      group.begun = true;
      this.#begunAt = this.#options.platform.elapsed();
      if (this.#committing === undefined) this.#options.scheduler.wake(this);
    }
    return group;
  }

  #commit(): void {
    const group = this.#group;
    const batch = this.#batchOf(group);
    this.#group = new Group();
    this.#committing = group;
    const crowd = this.#crowd;
    this.#crowd = [];
    for (const callback of crowd) callback();
    this.#options.scheduler.hold();
    if (isEmpty(batch)) this.#committed(group);
    else this.#attempt(batch, group, 1);
  }

  #batchOf(group: Group): Batch {
    const arrivals: MailboxRow[] = [];
    const handled: Batch["handled"][number][] = [];
    const encode = (message: Message): Uint8Array => this.writer.message(message);
    for (const kept of group.mailboxes) kept.tell(arrivals, handled, encode);
    for (const { receiver, message, sequence } of group.gated) {
      if (receiver.kept !== undefined) this.#mailboxes.get(receiver.kept)?.tellOf(sequence, message, arrivals, encode);
    }
    const { changes, sources, components, images, deadLetters, revived, checkpoints } = group;
    const capsules = Array.from(group.capsules, ({ record }) => record);
    return { first: this.#entries - group.entries, entries: this.writer.take(), changes, arrivals, handled, capsules, sources, components, images, deadLetters, revived, checkpoints, tip: this.tip };
  }

  #attempt(batch: Batch, group: Group, attempt: number): void {
    const failed = (error: unknown): void => this.#failed(error, attempt, () => this.#attempt(batch, group, attempt + 1), group);
    try {
      const done = this.store.commit(batch);
      if (done === undefined) this.#committed(group);
      else done.then(() => this.#committed(group), failed);
    } catch (error) {
      failed(error);
    }
  }

  #failed(cause: unknown, attempt: number, again: () => void, group: Group): void {
    const { platform, warn, report, fail, scheduler } = this.#options;
    const what = cause instanceof Error ? cause.message : String(cause);
    const final = attempt >= COMMIT_ATTEMPTS_MAX || (cause instanceof DoterosError && cause.code === "store-failed");
    if (!final) {
      if (attempt === 1) warn(`the store did not take a commit: ${what}; it is tried again: see that the disk has room and can be written`);
      platform.after(Math.min(RETRY_MILLISECONDS * 2 ** (attempt - 1), RETRY_MILLISECONDS_MAX), again);
      return;
    }
    const help = "the host has stopped: mend the store and start again; nothing that was committed is lost";
    const error = new DoterosError("store-failed", `the store did not take a commit: ${what}`, { cause, help });
    report(error);
    this.#failure = error;
    group.reject(error);
    this.#group.reject(error);
    fail(error);
    scheduler.release();
  }

  #committed(group: Group): void {
    const senders = new Set<Gated["sender"]>();
    for (const { receiver, message, sequence, sender } of group.gated) {
      give(receiver, message, sequence, sender);
      senders.add(sender);
    }
    for (const sender of senders) sender.sent();
    group.resolve();
    this.#committing = undefined;
    if (this.#group.begun) this.#options.scheduler.wake(this);
    this.#options.scheduler.release();
  }
}

/** Whether a batch has nothing to keep: all that happened was messages for those who keep none. */
function isEmpty({ entries, arrivals, handled, sources, images, checkpoints }: Batch): boolean {
  return entries.length + arrivals.length + handled.length + sources.size + images.size + checkpoints.length === 0;
}
