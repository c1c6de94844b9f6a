import { DoterosError } from "../contract/error.ts";
import type { Capsule, Host, HostCounters, HostOptions, LoadOptions, PublishOptions, SubscribeOptions, Subscription, SubscriptionCounters } from "../contract/host.ts";
import type { PolicySource } from "../contract/policy.ts";
import type { Store, Tip } from "../contract/store.ts";
import { createHost } from "../index.ts";
import type { LedgerReport } from "../ledger/verify.ts";
import { browserPlatform } from "../platform/browser/index.ts";
import { carry, uncarry } from "./carried-error.ts";
import type * as LedgerFile from "./ledger-file.ts";
import type { PastStates } from "./past-state.ts";
import type { Calls, CapsuleView, Delivery, ReadEntry, StartOptions, ToPage, ToWorker, WorkerStore } from "./protocol.ts";

/** A seed of Ed25519. */
const SEED_BYTES = 32;

/** The worker's end: where messages to the page go. */
export interface Line {
  postMessage(message: unknown, options: object): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** Answers what a page asks of the host in this worker. */
export function serve(line: Line): void {
  const served = new Served((told) => line.postMessage(told, {}));
  line.addEventListener("message", ({ data }) => {
    const told = data as ToWorker;
    if ("delivered" in told) served.delivered(told.delivered, told.error === undefined ? undefined : uncarry(told.error));
    else void answer(served, told.id, told.call, told.values, (answered) => line.postMessage(answered, {}));
  });
}

async function answer(served: Calls, id: number, call: keyof Calls, values: readonly unknown[], tell: (told: ToPage) => void): Promise<void> {
  try {
    const work = served[call] as (this: Calls, ...all: readonly unknown[]) => unknown;
    const value = await work.call(served, ...values);
    tell({ id, value });
  } catch (error) {
    tell({ id, error: carry(error) });
  }
}

class Served implements Calls {
  readonly #tell: (told: ToPage) => void;
  #host: Host | undefined;
  #store: Store | undefined;
  #past: PastStates | undefined;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #deliveries = new Map<number, { resolve(): void; reject(error: Error): void }>();
  #lastDelivery = 0;
  /** Messages that go to the page together, at the end of the turn. */
  #outgoing: Delivery[] = [];

  constructor(tell: (told: ToPage) => void) {
    this.#tell = tell;
  }

  async start({ store = "memory", signingKey: key, mailbox, policy, tellsLog }: StartOptions): Promise<void> {
    if (store !== "memory") this.#store = await openStore(store);
    try {
      const text = typeof key === "object" ? await ownKey(key.origin, store === "memory" ? undefined : store.name) : key;
      const options: HostOptions = {
        ...(this.#store === undefined ? {} : { store: this.#store }),
        ...(text === undefined ? {} : { signingKey: text }),
        ...(mailbox === undefined ? {} : { mailbox }),
        ...(policy === undefined ? {} : { policy }),
        ...(tellsLog ? { log: (told) => this.#tell({ line: told }) } : {}),
      };
      this.#host = await createHost({ ...options, platform: browserPlatform });
    } catch (error) {
      await this.#store?.close();
      throw error;
    }
  }

  load = async (bytes: Uint8Array, options: LoadOptions): Promise<CapsuleView> => {
    const capsule = await this.#open().load(bytes, options);
    return this.#view(capsule, this.#memories());
  };

  unload = async (name: string): Promise<void> => this.#capsule(name).unload();

  capsules = (): CapsuleView[] => {
    const memories = this.#memories();
    return Array.from(this.#open().capsules.values(), (capsule) => this.#view(capsule, memories));
  };

  counters = (): HostCounters => ({ ...this.#open().counters });

  publish = (subject: string, payload: Uint8Array | string, options: PublishOptions): Promise<void> => this.#open().publish(subject, payload, options);

  setPolicy = (source: PolicySource): Promise<void> => this.#open().setPolicy(source);

  idle = (): Promise<void> => this.#open().idle();

  checkpoint = (): Promise<string> => this.#open().checkpoint();

  tip = (): Tip => this.#kept().tip;

  component = (digest: string): Uint8Array | undefined => this.#kept().component(digest)?.slice();

  exportLedger = async (): Promise<Blob> => {
    const { fileOf, sourceOf } = await ledgers();
    return fileOf(sourceOf(this.#kept()));
  };

  subscribe(subscription: number, pattern: string, options: SubscribeOptions): void {
    const handler = (message: Delivery["message"], sequence: number): Promise<void> => {
      this.#lastDelivery += 1;
      const delivery = this.#lastDelivery;
      if (this.#outgoing.length === 0) browserPlatform.defer(() => this.#send());
      this.#outgoing.push({ delivery, subscription, message, sequence });
      return new Promise((resolve, reject) => {
        this.#deliveries.set(delivery, { resolve, reject });
      });
    };
    this.#subscriptions.set(subscription, this.#open().subscribe(pattern, handler, options));
  }

  unsubscribe(subscription: number): void {
    this.#subscriptions.get(subscription)?.unsubscribe();
  }

  subscriptionCounters(subscription: number): SubscriptionCounters {
    const { delivered = 0, dropped = 0, rejected = 0 } = this.#subscriptions.get(subscription)?.counters ?? {};
    return { delivered, dropped, rejected };
  }

  /** The page's handler is done with a message. */
  delivered(delivery: number, error: Error | undefined): void {
    const waiting = this.#deliveries.get(delivery);
    this.#deliveries.delete(delivery);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(error);
  }

  async state(name: string, version: number | undefined): Promise<[key: string, value: Uint8Array][]> {
    if (version === undefined) return [...this.#capsule(name).state.entries()];
    const { PastStates } = await import("./past-state.ts");
    this.#past ??= new PastStates(this.#kept());
    return this.#past.at(name, version);
  }

  async entries(from: number, count: number, file: Blob | undefined): Promise<ReadEntry[]> {
    const { entriesOf, ledgerIn, storedEntries } = await ledgers();
    return file === undefined ? storedEntries(this.#kept(), from, count) : entriesOf(await ledgerIn(file), from, count);
  }

  async verifyLedger(key: string | undefined, file: Blob | undefined): Promise<LedgerReport> {
    const { ledgerIn, sourceOf, verified } = await ledgers();
    return verified(file === undefined ? sourceOf(this.#kept()) : await ledgerIn(file), key);
  }

  async close(): Promise<void> {
    try {
      await this.#host?.close();
    } finally {
      await this.#store?.close();
    }
  }

  #send(): void {
    const deliveries = this.#outgoing;
    this.#outgoing = [];
    this.#tell({ deliveries });
  }

  /** What instances have of memory, in bytes, by capsule: those that sleep or are gone have none. */
  #memories(): ReadonlyMap<string, number> {
    const { capsules } = this.#open().usage();
    return new Map(capsules.flatMap(({ capsule, memoryBytes }) => (memoryBytes === 0 ? [] : [[capsule, memoryBytes]])));
  }

  #view(capsule: Capsule, memories: ReadonlyMap<string, number>): CapsuleView {
    const { name, version, digest, manifest, counters, state, handlerNanoseconds } = capsule;
    const bytes = this.#store?.capsule(name)?.bytes ?? Array.from(state.entries()).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
    return { name, version, digest, manifest, counters: { ...counters }, state: { version: Number(state.version), size: state.size, bytes }, memoryBytes: memories.get(name) ?? 0, handlerNanoseconds };
  }

  #open(): Host {
    if (this.#host !== undefined) return this.#host;
    throw new DoterosError("usage", "there is no host in this worker yet", { help: "createWorkerHost() makes one" });
  }

  #capsule(name: string): Capsule {
    const capsule = this.#open().capsules.get(name);
    if (capsule !== undefined) return capsule;
    throw new DoterosError("usage", `no capsule named ${name} is loaded`, { help: "capsules() lists those that are" });
  }

  #kept(): Store {
    if (this.#store !== undefined) return this.#store;
    throw new DoterosError("usage", "there is no store, and so no ledger and no past", { help: "make the host with store: { name: \"…\" }, or with store: {} for one in memory" });
  }
}

// What is only for hosts with a store is loaded by those.

async function openStore({ name, ...options }: WorkerStore): Promise<Store> {
  if (name === undefined) return new (await import("../store/memory.ts")).MemoryStore();
  return (await import("../platform/browser/store/open.ts")).openBrowserStore(name, options);
}

/** What reads ledgers. */
const ledgers = (): Promise<typeof LedgerFile> => import("./ledger-file.ts");

/** The key that belongs to a store, or one for this time only. */
async function ownKey(origin: string, store: string | undefined): Promise<string> {
  const [{ signingKey }, { keptText }] = await Promise.all([import("../ledger/key.ts"), import("../platform/browser/kept-text.ts")]);
  const make = (): string => signingKey(origin, browserPlatform.random(SEED_BYTES)).text;
  return store === undefined ? make() : keptText(store, "key", make);
}
