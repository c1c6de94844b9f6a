import { type CapsuleView, createWorkerHost, type LoadOptions, type Message, type ReadEntry, type WorkerHost, type WorkerStore } from "doteros-wasm/browser";

/** How many entries are read at a time. */
const ENTRIES_AT_ONCE = 2_000;
/** How long changes are gathered before the page is drawn anew, in milliseconds. */
const DRAW_MILLISECONDS = 120;

/** The store of this page. */
export const STORE = "demo";

/** Where what happens is kept. */
export type Keeping = "site" | "memory";

/** A message that was heard. */
export interface Heard {
  readonly message: Message;
  readonly sequence: number;
}

/** The host in its worker, and what the page knows of it: one for as long as the page is open. */
export class Session {
  readonly host: WorkerHost;
  readonly keeping: Keeping;
  /** All entries of the ledger, in order. */
  readonly entries: ReadEntry[] = [];
  capsules: readonly CapsuleView[] = [];
  readonly #listeners: (() => void)[] = [];
  #isDue = false;
  #reading: Promise<void> = Promise.resolve();

  private constructor(host: WorkerHost, keeping: Keeping) {
    this.host = host;
    this.keeping = keeping;
  }

  /** Starts the host, and loads again what was loaded when the page was left. */
  static async open(store: WorkerStore, policy: string | undefined): Promise<Session> {
    const rules = policy === undefined ? {} : { policy: { modules: { "policy.rego": policy } } };
    const host = await createWorkerHost({ store, signingKey: { origin: `${location.hostname}/demo` }, ...rules });
    const session = new Session(host, store.name === undefined ? "memory" : "site");
    await session.#read();
    await session.#resume();
    return session;
  }

  /** Calls back whenever something may have changed, and once now. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
    listener();
  }

  /** Something happened: what the page knows is read anew soon. */
  touch(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      void this.refresh();
    }, DRAW_MILLISECONDS);
  }

  /** Reads what happened since, and has it drawn. */
  async refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    await this.#reading;
    for (const listener of this.#listeners) listener();
  }

  /** Loads a component. */
  async load(bytes: Uint8Array, options: LoadOptions): Promise<CapsuleView> {
    const capsule = await this.host.load(bytes, options);
    await this.refresh();
    return capsule;
  }

  /** Takes a capsule out. */
  async unload(name: string): Promise<void> {
    await this.host.unload(name);
    await this.refresh();
  }

  async #read(): Promise<void> {
    this.capsules = await this.host.capsules();
    for (;;) {
      const more = await this.host.entries(this.entries.length, ENTRIES_AT_ONCE);
      for (const entry of more) this.entries.push(entry);
      if (more.length < ENTRIES_AT_ONCE) return;
    }
  }

  /** The ledger knows what was loaded, with what it was granted: that is all it takes. */
  async #resume(): Promise<void> {
    const loaded = new Map<string, { readonly digest: string; readonly options: LoadOptions }>();
    for (const { entry } of this.entries) {
      if (entry.kind === "unload") loaded.delete(entry.capsule);
      if (entry.kind !== "load") continue;
      const manifest = JSON.parse(entry.manifest) as NonNullable<LoadOptions["manifest"]>;
      const digest = Array.from(entry.digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      loaded.set(entry.capsule, { digest, options: { manifest, grants: grantsOf(manifest), config: Object.fromEntries(entry.config), ...limitsOf(manifest) } });
    }
    for (const { digest, options } of loaded.values()) {
      const bytes = await this.host.component(digest);
      if (bytes !== undefined) await this.host.load(bytes, options);
    }
    await this.#read();
  }
}

/** What a manifest asks for, as grants. */
export function grantsOf({ capabilities, subscriptions }: NonNullable<LoadOptions["manifest"]>): string[] {
  const { state, publish = [], request = [], log, context, policy } = capabilities;
  const flags = Object.entries({ state, log, context, policy }).flatMap(([name, asked]) => (asked === true ? [name] : []));
  return [...flags, ...publish.map((pattern) => `publish=${pattern}`), ...request.map((pattern) => `request=${pattern}`), ...subscriptions.map((pattern) => `subscribe=${pattern}`)];
}

/** An operator who loads a capsule again allows it what it had. */
function limitsOf({ limits }: NonNullable<LoadOptions["manifest"]>): Pick<LoadOptions, "limits"> {
  const { fuelPerMessage } = limits ?? {};
  return fuelPerMessage === undefined ? {} : { limits: { fuelPerMessage } };
}
