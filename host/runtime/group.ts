import type { Receiver, Sender } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";
import type { Batch, CapsuleRecord, StoredCheckpoint } from "../contract/store.ts";
import type { KeptMailbox } from "./kept-mailbox.ts";

/** A message that its receiver gets when what it comes from is durable. */
export interface Gated {
  readonly receiver: Receiver;
  readonly message: Message;
  readonly sequence: number;
  readonly sender: Sender;
}

/** A capsule whose record is kept. */
export interface Recorded {
  readonly record: CapsuleRecord;
  /** Which instance of its component is running. */
  readonly instance: number;
}

const NOBODY_WAITS = (): void => undefined;

/** What happened since the last batch was made: it becomes the next one. */
export class Group {
  readonly changes: Batch["changes"][number][] = [];
  readonly mailboxes = new Set<KeptMailbox>();
  readonly capsules = new Set<Recorded>();
  readonly sources = new Map<string, number>();
  readonly components = new Map<string, Uint8Array>();
  readonly images = new Map<string, Uint8Array | undefined>();
  readonly deadLetters: number[] = [];
  readonly revived: number[] = [];
  readonly checkpoints: StoredCheckpoint[] = [];
  readonly gated: Gated[] = [];
  #kept: Promise<void> | undefined;
  resolve: () => void = NOBODY_WAITS;
  reject: (error: unknown) => void = NOBODY_WAITS;
  /** How many entries there are. */
  entries = 0;
  /** The same in bytes. */
  bytes = 0;
  /** Whether anything happened. */
  begun = false;

  /** Resolves when it is kept. Made for who waits first: there are runtimes where a promise belongs to a request, and ends with it. */
  get kept(): Promise<void> {
    if (this.#kept === undefined) {
      this.#kept = new Promise((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
      });
      this.#kept.catch(NOBODY_WAITS);
    }
    return this.#kept;
  }
}
