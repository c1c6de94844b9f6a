import { Mailbox } from "../bus/mailbox.ts";
import type { Bus } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";
import type { CapsuleRecord } from "../contract/store.ts";
import { WorkingState } from "../store/working-state.ts";
import { isDeadLetter } from "./dead-letter.ts";
import type { Journal } from "./journal.ts";

/** What residences stand between. */
interface Neighbours {
  readonly journal: Journal | undefined;
  readonly bus: Bus;
  readonly deadLetters: WeakSet<Message>;
}

/** Where a capsule lives: what of it is there before it is, and stays when it is gone. */
export interface Residence {
  readonly state: WorkingState;
  readonly mailbox: Mailbox;
  readonly record: CapsuleRecord | undefined;
}

/**
 * The residences of capsules, by their names. One that listened when the host was last closed has a mailbox that takes
 * messages from the start, whether or not it is loaded yet.
 */
export class Residences {
  readonly #around: Neighbours;
  /** Mailboxes of capsules that are not loaded yet, and what ends that they take messages. */
  readonly #waiting = new Map<string, { readonly mailbox: Mailbox; readonly end: () => void }>();
  /** What stays of capsules that were unloaded, where nothing else keeps it. */
  readonly #left = new Map<string, Pick<Residence, "state" | "record">>();

  constructor(around: Neighbours) {
    this.#around = around;
    const { journal } = around;
    if (journal === undefined) return;
    for (const { name, listens } of journal.store.capsules()) if (listens !== undefined) this.#await(journal, name, listens);
  }

  /** The residence of a capsule that is about to be loaded. */
  of(name: string): Residence {
    const { journal } = this.#around;
    const mailbox = this.#waiting.get(name)?.mailbox ?? this.#mailbox(name);
    if (journal === undefined) return { mailbox, state: new WorkingState(), record: undefined, ...this.#left.get(name) };
    return { mailbox, state: WorkingState.of(journal.store.state(name)), record: journal.store.capsule(name) };
  }

  /** The capsule is loaded, and listens itself. */
  arrive(name: string): void {
    this.#waiting.get(name)?.end();
    this.#waiting.delete(name);
    this.#left.delete(name);
  }

  /** The capsule is gone. */
  leave(record: CapsuleRecord, state: WorkingState): void {
    if (this.#around.journal === undefined) this.#left.set(record.name, { record, state });
  }

  #await(journal: Journal, name: string, listens: readonly string[]): void {
    const mailbox = this.#mailbox(name);
    for (const { message, sequence } of journal.waiting(name)) {
      if (isDeadLetter(message)) this.#around.deadLetters.add(message);
      mailbox.receive(message, sequence);
    }
    const ends = listens.map((pattern) => this.#around.bus.subscribe(pattern, mailbox));
    this.#waiting.set(name, { mailbox, end: () => ends.forEach((end) => end()) });
  }

  #mailbox(name: string): Mailbox {
    const { journal } = this.#around;
    const options = { messagesMax: Number.MAX_SAFE_INTEGER, full: "block", arrived: () => undefined, kept: journal && name, ahead: true } as const;
    const mailbox = new Mailbox(options);
    journal?.mailbox(name, mailbox);
    return mailbox;
  }
}
