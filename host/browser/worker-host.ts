import { DoterosError } from "../contract/error.ts";
import type { HostCounters, HostOptions, LoadOptions, PublishOptions, SubscribeOptions, SubscriptionCounters } from "../contract/host.ts";
import type { Message } from "../contract/message.ts";
import type { PolicySource } from "../contract/policy.ts";
import type { Tip } from "../contract/store.ts";
import type { LedgerReport } from "../ledger/verify.ts";
import { carry, uncarry } from "./carried-error.ts";
import type { Calls, CapsuleView, Delivery, ReadEntry, StartOptions, ToPage, ToWorker } from "./protocol.ts";

/** What a host in a worker is made of. */
export interface WorkerHostOptions extends Omit<StartOptions, "tellsLog"> {
  /** Gets the lines that capsules log. Default: nobody does. */
  readonly log?: HostOptions["log"];
  /** A worker that calls `serveHost()`. Default: a new one, of a file of this package beside this one, which bundlers find. */
  readonly worker?: Worker;
}

/** A handler in the page, as long as it listens. */
export interface WorkerSubscription {
  readonly pattern: string;
  counters(): Promise<SubscriptionCounters>;
  /** Ends it: once this is resolved the handler is not called again. */
  unsubscribe(): Promise<void>;
}

type Handler = (message: Message, sequence: number) => unknown;

/** A host in a worker, as a page has it: what `Host` does, by messages. Capsules never keep the page from drawing. */
export class WorkerHost implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #log: HostOptions["log"];
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #handlers = new Map<number, Handler>();
  #numbers = 0;
  /** Why nothing more can be asked. */
  #end: Error | undefined;

  private constructor(worker: Worker, log: HostOptions["log"]) {
    this.#worker = worker;
    this.#log = log;
    worker.addEventListener("message", ({ data }: MessageEvent<ToPage>) => this.#hear(data));
    worker.addEventListener("error", (event) => {
      this.#fail(new DoterosError("internal", `the worker with the host failed: ${event.message || "its script cannot be loaded"}`, { help: `see that the worker's file is served, and that a policy of content allows it: worker-src 'self'; ${HERE}` }));
    });
  }

  /** @internal Makes a host in a worker. */
  static async start({ worker = ownWorker(), log, ...options }: WorkerHostOptions): Promise<WorkerHost> {
    const host = new WorkerHost(worker, log);
    try {
      await host.#call("start", { ...options, tellsLog: log !== undefined });
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return host;
  }

  /** Loads a component: see `Host.load`. @throws DoterosError as that does */
  load(bytes: Uint8Array, options: LoadOptions = {}): Promise<CapsuleView> {
    return this.#call("load", bytes, options);
  }

  /** Takes a capsule out: see `Capsule.unload`. @throws DoterosError `usage` when there is none of that name */
  unload(capsule: string): Promise<void> {
    return this.#call("unload", capsule);
  }

  /** The capsules that are loaded, as they are now. */
  capsules(): Promise<CapsuleView[]> {
    return this.#call("capsules");
  }

  /** What became of the messages of everyone. */
  counters(): Promise<HostCounters> {
    return this.#call("counters");
  }

  /** Sends a message: see `Host.publish`. @throws DoterosError as that does */
  publish(subject: string, payload: Uint8Array | string, options: PublishOptions = {}): Promise<void> {
    return this.#call("publish", subject, payload, options);
  }

  /** Calls `handler` with each message on a subject that matches `pattern`: see `Host.subscribe`. @throws DoterosError as that does */
  async subscribe(pattern: string, handler: Handler, options: SubscribeOptions = {}): Promise<WorkerSubscription> {
    const subscription = this.#number();
    this.#handlers.set(subscription, handler);
    try {
      await this.#call("subscribe", subscription, pattern, options);
    } catch (error) {
      this.#handlers.delete(subscription);
      throw error;
    }
    return {
      pattern,
      counters: () => this.#call("subscriptionCounters", subscription),
      unsubscribe: async () => {
        await this.#call("unsubscribe", subscription);
        this.#handlers.delete(subscription);
      },
    };
  }

  /** Puts a policy in the place of the one before: see `Host.setPolicy`. @throws DoterosError as that does */
  setPolicy(source: PolicySource): Promise<void> {
    return this.#call("setPolicy", source);
  }

  /** Resolves when everything is quiet: see `Host.idle`. @throws As that does, and what a handler in the page threw */
  idle(): Promise<void> {
    return this.#call("idle");
  }

  /** Signs what the ledger is by now: see `Host.checkpoint`. @throws DoterosError as that does */
  checkpoint(): Promise<string> {
    return this.#call("checkpoint");
  }

  /** Where the ledger ends. @throws DoterosError `usage` without a store */
  tip(): Promise<Tip> {
    return this.#call("tip");
  }

  /**
   * The committed state of a capsule, ordered by the UTF-8 bytes of the keys; or what it was when it had that version.
   *
   * @throws DoterosError `not-kept` when versions that old are not kept any more; `usage` for a version without a store
   */
  state(capsule: string, version?: number): Promise<[key: string, value: Uint8Array][]> {
    return this.#call("state", capsule, version);
  }

  /**
   * Entries of the ledger, or of one that was exported, in order, at most `count` of them.
   *
   * @throws DoterosError `usage` without a store; `damaged-ledger`, `invalid-entry`
   */
  entries(from: number, count: number, file?: Blob): Promise<ReadEntry[]> {
    return this.#call("entries", from, count, file);
  }

  /** The bytes of a component that a capsule was loaded from, by its digest. @throws DoterosError `usage` without a store */
  component(digest: string): Promise<Uint8Array | undefined> {
    return this.#call("component", digest);
  }

  /**
   * Verifies the ledger, or one that was exported: entries, chain, tree and signatures. What is wrong is in the report.
   *
   * @param key the key that it must be signed with, as text: NAME+ID+BASE64. Default: the ledger's own
   * @throws DoterosError `usage` without a store; `damaged-ledger` when what is before the entries of a file is not a ledger's; `invalid-key`
   */
  verifyLedger({ key, file }: { readonly key?: string; readonly file?: Blob } = {}): Promise<LedgerReport> {
    return this.#call("verifyLedger", key, file);
  }

  /** The ledger as a file, which `doteros-wasm ledger verify --file` takes. @throws DoterosError `usage` without a store */
  exportLedger(): Promise<Blob> {
    return this.#call("exportLedger");
  }

  /** Ends the host, its store and its worker: see `Host.close`. @throws As that does */
  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    try {
      await this.#call("close");
    } finally {
      this.#fail(new DoterosError("closed", "the host is closed", { help: "make a new one with createWorkerHost()" }));
      this.#worker.terminate();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #call<K extends keyof Calls>(call: K, ...values: Parameters<Calls[K]>): Promise<Awaited<ReturnType<Calls[K]>>> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      const id = this.#number();
      this.#calls.set(id, { resolve, reject });
      this.#tell({ id, call, values });
    });
  }

  #number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  #tell(told: ToWorker): void {
    this.#worker.postMessage(told, []);
  }

  #hear(told: ToPage): void {
    if ("deliveries" in told) for (const delivery of told.deliveries) void this.#deliver(delivery);
    else if ("line" in told) this.#log?.(told.line);
    else {
      const call = this.#calls.get(told.id);
      this.#calls.delete(told.id);
      if ("error" in told) call?.reject(uncarry(told.error));
      else call?.resolve(told.value);
    }
  }

  async #deliver({ delivery, subscription, message, sequence }: Delivery): Promise<void> {
    try {
      await this.#handlers.get(subscription)?.(message, sequence);
      this.#tell({ delivered: delivery });
    } catch (error) {
      this.#tell({ delivered: delivery, error: carry(error) });
    }
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}

/** What works without a worker. */
const HERE = "createHost() makes a host in the page itself, in memory";

function ownWorker(): Worker {
  try {
    return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "doteros-wasm" });
  } catch (cause) {
    throw new DoterosError("unsupported", `this page can have no worker: ${String(cause)}`, { cause, help: HERE });
  }
}
