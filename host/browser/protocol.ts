import type { CapsuleCounters, HostCounters, LoadOptions, PublishOptions, SubscribeOptions, SubscriptionCounters } from "../contract/host.ts";
import type { LogLine } from "../contract/log.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { Message } from "../contract/message.ts";
import type { PolicySource } from "../contract/policy.ts";
import type { Tip } from "../contract/store.ts";
import type { Entry } from "../ledger/entry.ts";
import type { LedgerReport } from "../ledger/verify.ts";

// What a page and the worker with its host say to each other: plain data that can be cloned. Numbers name calls and subscriptions.

/** Where a host in a worker keeps what happens. */
export interface WorkerStore {
  /** A store of this site: see `openBrowserStore`. Without a name it is kept in memory, ledger and old versions too. */
  readonly name?: string;
  /** See `BrowserStoreOptions`. */
  readonly versions?: "all" | number;
  /** See `BrowserStoreOptions`. */
  readonly wait?: boolean;
}

/** What the worker is told at first. */
export interface StartOptions {
  readonly store?: "memory" | WorkerStore;
  /** A private key as text, or `{ origin }` for one that is made for the store and kept beside it in the site's own files. */
  readonly signingKey?: string | { readonly origin: string };
  readonly mailbox?: { readonly messagesMax?: number };
  readonly policy?: PolicySource;
  /** Whether lines of log are sent to the page. */
  readonly tellsLog: boolean;
}

/** A capsule as the page sees it: what it is, and what became of it by now. */
export interface CapsuleView {
  readonly name: string;
  readonly version: string;
  /** The SHA-256 of the component, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly manifest: Manifest;
  readonly counters: CapsuleCounters;
  /** The version of its state, how many keys that has, and all of them and their values, in bytes. */
  readonly state: { readonly version: number; readonly size: number; readonly bytes: number };
  /** The memories of its instance, in bytes; 0 while it sleeps. */
  readonly memoryBytes: number;
  /** How long its handler ran, all calls added up. */
  readonly handlerNanoseconds: number;
}

/** An entry of a ledger, read. */
export interface ReadEntry {
  /** Which one it is; the first of a ledger is 0. */
  readonly index: number;
  /** Its hash, which the next entry names, 32 bytes. */
  readonly hash: Uint8Array;
  /** As it is kept. */
  readonly bytes: Uint8Array;
  readonly entry: Entry;
}

/** What a page asks of its worker. */
export interface Calls {
  start(options: StartOptions): Promise<void>;
  load(bytes: Uint8Array, options: LoadOptions): Promise<CapsuleView>;
  unload(capsule: string): Promise<void>;
  capsules(): CapsuleView[];
  counters(): HostCounters;
  publish(subject: string, payload: Uint8Array | string, options: PublishOptions): Promise<void>;
  subscribe(subscription: number, pattern: string, options: SubscribeOptions): void;
  unsubscribe(subscription: number): void;
  subscriptionCounters(subscription: number): SubscriptionCounters;
  setPolicy(source: PolicySource): Promise<void>;
  idle(): Promise<void>;
  checkpoint(): Promise<string>;
  tip(): Tip;
  state(capsule: string, version: number | undefined): Promise<[key: string, value: Uint8Array][]>;
  entries(from: number, count: number, file: Blob | undefined): Promise<ReadEntry[]>;
  component(digest: string): Uint8Array | undefined;
  verifyLedger(key: string | undefined, file: Blob | undefined): Promise<LedgerReport>;
  exportLedger(): Promise<Blob>;
  close(): Promise<void>;
}

/** From the page to the worker. */
export type ToWorker =
  | { readonly id: number; readonly call: keyof Calls; readonly values: readonly unknown[] }
  | { readonly delivered: number; readonly error?: CarriedError };

/** From the worker to the page. */
export type ToPage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: CarriedError }
  | { readonly line: LogLine }
  | { readonly deliveries: readonly Delivery[] };

/** A message on its way to a handler in the page. */
export interface Delivery {
  readonly delivery: number;
  readonly subscription: number;
  readonly message: Message;
  readonly sequence: number;
}

/** An error, without what cannot be cloned. */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly help?: string | undefined;
  readonly offset?: number | undefined;
  readonly where?: string | undefined;
}
