import type { Transition } from "../capability/transition.ts";
import type { Message } from "../contract/message.ts";
import type { Writes } from "../contract/store.ts";
import type { WorkingState } from "../store/working-state.ts";
import type { Admission } from "./admission.ts";
import type { Failure } from "./failure.ts";
import type { Recorded } from "./group.ts";
import { bytesOfHex, hexOf } from "./hex.ts";
import type { Journal } from "./journal.ts";
import type { KeptMailbox } from "./kept-mailbox.ts";

/** Writes down what becomes of one capsule. */
export class CapsuleRecorder {
  readonly #journal: Journal;
  readonly #mailbox: KeptMailbox;
  readonly #transition: Transition;
  readonly #state: WorkingState;
  readonly #recorded: Recorded;
  readonly #digest: Uint8Array;

  constructor(journal: Journal, mailbox: KeptMailbox, transition: Transition, state: WorkingState, recorded: Recorded) {
    this.#journal = journal;
    this.#mailbox = mailbox;
    this.#transition = transition;
    this.#state = state;
    this.#recorded = recorded;
    this.#digest = bytesOfHex(transition.identity.digest);
  }

  /** The capsule is loaded, and listens. */
  loaded({ composition, manifest, config, ...made }: Admission): void {
    const { name, version } = this.#transition.identity;
    // Of what was prepared the bytes are elsewhere.
    for (const { digest, bytes, isPartial } of composition?.components ?? [made]) if (isPartial !== true) this.#journal.component(digest, bytes);
    const entry = { capsule: name, digest: this.#digest, version, manifest: JSON.stringify(manifest), config: [...config], instance: this.#recorded.instance, uses: composition?.uses ?? [] };
    this.#journal.append(this.#journal.writer.load(this.#journal.hash, entry), this.#recorded);
  }

  /** A snapshot was taken. */
  snapshot(digest: Uint8Array, bytes: Uint8Array): void {
    this.#writeSnapshot(digest, bytes, false);
  }

  /** The capsule became what a snapshot says, and its state holds those entries. */
  restored(digest: Uint8Array, bytes: Uint8Array, entries: Writes): void {
    this.#writeSnapshot(digest, bytes, true);
    this.#journal.changed(this.#transition.identity.name, this.#state.version, entries);
  }

  #writeSnapshot(digest: Uint8Array, bytes: Uint8Array, restored: boolean): void {
    const { name } = this.#transition.identity;
    this.#journal.component(hexOf(digest), bytes);
    this.#journal.append(this.#journal.writer.snapshot(this.#journal.hash, { capsule: name, snapshot: digest, restored }), this.#recorded);
  }

  /** The capsule is gone, and nothing waits for it. */
  unloaded(): void {
    const { identity, index } = this.#transition;
    this.#journal.append(this.#journal.writer.unload(this.#journal.hash, { capsule: identity.name, index }), this.#recorded);
  }

  /** Work at a message goes on for a while. */
  hold(message: Message, sequence: number): void {
    this.#mailbox.hold(sequence, message);
  }

  /** Whether so much is to be kept that the capsule should wait; if so, `callback` is called when that is over. */
  isCrowded(callback: () => void): boolean {
    if (!this.#journal.crowded) return false;
    this.#journal.whenRoom(callback);
    return true;
  }

  /** A message was handled, and its writes are in the state. */
  transition(message: Message, sequence: number): void {
    const { identity, index, attempt, recordedTime, seed, writes, outputs, denials, fuel, answers } = this.#transition;
    const { version } = this.#state;
    const entry = {
      capsule: identity.name, digest: this.#digest, index, attempt, instance: this.#recorded.instance, message,
      time: recordedTime, seed, version, writes, outputs, decisions: denials, fuel, answers,
    };
    this.#journal.append(this.#journal.writer.transition(this.#journal.hash, entry), this.#recorded);
    if (writes.size > 0) this.#journal.changed(identity.name, version, writes);
    this.#journal.handled(this.#mailbox, sequence);
  }

  /** An attempt at a message failed. `letter` is the dead letter that was made of it, when there is one. */
  failure(message: Message, sequence: number, { code, reason }: Failure, final: boolean, letter: Message | undefined): void {
    const { identity, index, attempt, recordedTime, seed, denials, fuel, answers } = this.#transition;
    const entry = {
      capsule: identity.name, digest: this.#digest, index, attempt, instance: this.#recorded.instance, message,
      time: recordedTime, seed, code, reason: reason.toWellFormed(), final, fuel, outputs: letter === undefined ? [] : [letter], decisions: denials,
      answers,
    };
    const at = this.#journal.append(this.#journal.writer.failure(this.#journal.hash, entry), this.#recorded);
    if (!final) return;
    this.#journal.deadLetter(at);
    this.#journal.handled(this.#mailbox, sequence);
  }
}
