import { capsuleImports } from "../capability/imports.ts";
import { inboxPattern } from "../capability/messaging.ts";
import { Transition } from "../capability/transition.ts";
import type { Capsule, CapsuleCounters, CapsuleState } from "../contract/host.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { StateView } from "../contract/store.ts";
import type { Admission } from "./admission.ts";
import { CapsuleLoop } from "./capsule-loop.ts";
import { Guest } from "./guest.ts";
import { showLines } from "./log.ts";
import { retryRule } from "./retry.ts";
import type { Surroundings } from "./surroundings.ts";

/** A capsule in a host: what its users see of it, around its loop. */
export class RunningCapsule implements Capsule {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly manifest: Manifest;
  readonly state: CapsuleState;
  readonly loop: CapsuleLoop;
  readonly #guest: Guest;
  readonly #transition: Transition;
  readonly #around: Surroundings;
  readonly #unloaded: () => void;
  readonly #subscriptions: (() => void)[] = [];
  #unloading: Promise<void> | undefined;

  /**
   * @param messagesMax how many messages may wait for it
   * @param unloaded called when it is gone
   */
  constructor(around: Surroundings, admission: Admission, messagesMax: number, unloaded: () => void) {
    const { component, exports, digest, manifest, config } = admission;
    this.name = manifest.name;
    this.version = manifest.version;
    this.digest = digest;
    this.manifest = manifest;
    this.#around = around;
    this.#unloaded = unloaded;
    const view = around.store.open(this.name);
    this.state = lookAt(view);
    this.#transition = new Transition({ name: this.name, version: this.version, digest }, config, view, around.platform);
    const imports = capsuleImports(manifest, this.#transition);
    this.#guest = new Guest(component, imports, exports, around.platform);
    this.loop = new CapsuleLoop(around, this.#guest, this.#transition, retryRule(manifest), messagesMax);
  }

  get counters(): CapsuleCounters {
    return this.loop.counters;
  }

  get handlerNanoseconds(): number {
    return this.#guest.nanoseconds;
  }

  /** Makes the first instance. @throws DoterosError `trap` */
  async instantiate(): Promise<void> {
    try {
      await this.#guest.renew();
      showLines(this.#transition, "committed", this.#around);
    } finally {
      showLines(this.#transition, "failed", this.#around);
    }
  }

  /** Begins to listen. */
  listen(): void {
    const { subscriptions, capabilities } = this.manifest;
    const patterns = capabilities.request === undefined ? subscriptions : [...subscriptions, inboxPattern(this.name)];
    for (const pattern of patterns) this.#subscriptions.push(this.#around.bus.subscribe(pattern, this.loop.mailbox));
  }

  unload(): Promise<void> {
    this.#unloading ??= this.#unload();
    return this.#unloading;
  }

  async #unload(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    await this.loop.drained();
    this.loop.stop();
    this.loop.abandon();
    this.#around.backpressure.leave(this.loop.mailbox);
    this.#unloaded();
  }
}

function lookAt(view: StateView): CapsuleState {
  const copy = (value: Uint8Array): Uint8Array => new Uint8Array(value);
  return {
    get version() {
      return BigInt(view.version);
    },
    get size() {
      return view.size;
    },
    get(key) {
      const value = view.get(key);
      return value === undefined ? undefined : copy(value);
    },
    entries: () => Array.from(view.scan("", undefined), ([key, value]) => [key, copy(value)]),
  };
}
