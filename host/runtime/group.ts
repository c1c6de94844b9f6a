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
  /** Resolves when it is kept. Nobody has to wait for it. */
  readonly kept: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;
  /** How many entries there are. */
  entries = 0;
  /** The same in bytes. */
  bytes = 0;
  /** Whether anything happened. */
  begun = false;

  constructor() {
    this.kept = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.kept.catch(() => undefined);
  }
}
