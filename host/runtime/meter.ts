import type { InstantiateModule } from "../component/index.ts";
import { DoterosError } from "../contract/error.ts";
import { CAPSULE_TABLE_ELEMENTS_MAX } from "../contract/limits.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import type { CoreInstance } from "../wasm/image/index.ts";
import { meteringOf } from "../wasm/metered-module.ts";
import { Counters } from "../wasm/rewrite/counters.ts";
import type { Failure } from "./failure.ts";

const PAGE_BYTES = 65_536;

/** Whose fuel and stack all capsules of a thread count with: one runs at a time. */
let thread: Counters | undefined;

/** Holds the instances of a capsule to its limits. */
export class Meter {
  readonly #limits: ResourceLimits;
  readonly #thread: Counters;
  readonly #memoryPages: number;
  #counters: Counters;
  #instances: CoreInstance[] = [];
  #hidden: string | undefined;
  /** Whether the engine had no room for an instance, though its limits have. */
  hadNoRoom = false;
  #holding: Parameters<InstantiateModule>[3] | undefined;

  constructor(limits: ResourceLimits) {
    this.#limits = limits;
    this.#memoryPages = Math.floor(limits.memoryBytesMax / PAGE_BYTES);
    this.#thread = thread ??= new Counters();
    this.#counters = this.#thread;
  }

  /** All memories of the instance, in bytes. */
  get memoryBytes(): number {
    return this.#counters === this.#thread ? 0 : (this.#memoryPages - this.#counters.memoryPagesLeft) * PAGE_BYTES;
  }

  /** A new instance is about to be made. What its start may use is what a message may use. */
  renew(): void {
    this.#instances = [];
    this.#hidden = undefined;
    this.hadNoRoom = false;
    this.#counters = new Counters({ memoryPages: this.#memoryPages, tableElements: CAPSULE_TABLE_ELEMENTS_MAX }, this.#thread);
    this.begin();
  }

  /** Makes the instances of core modules, each within what the ones before left. @throws DoterosError what ran out */
  readonly instantiate: InstantiateModule = (module, imports, reserved, holding) => {
    this.#holding = holding;
    const counters = this.#counters;
    counters.reserve(Math.ceil((reserved?.memoryBytes ?? 0) / PAGE_BYTES), reserved?.tableElements ?? 0);
    const metering = meteringOf(module);
    if (metering?.countersFrom !== undefined) imports[metering.countersFrom] = counters.imports;
    try {
      const { exports } = new WebAssembly.Instance(module, imports);
      this.#hidden ??= metering?.hiddenState;
      if (metering?.state !== undefined) this.#instances.push({ exports, state: metering.state });
      if (counters.exhausted === undefined) return exports;
    } catch (error) {
      // Of a full stack our own counter says so first.
      this.hadNoRoom = error instanceof RangeError;
      throw this.#exhaustion() ?? error;
    }
    throw this.#exhaustion();
  };

  /** The instances of core modules that were made since the last `renew`, as far as what they keep can be copied, */
  get instances(): readonly CoreInstance[] {
    return this.#instances;
  }

  /** and why that is not all; undefined when it is. */
  get hidden(): string | undefined {
    return this.#holding?.hadHandles === true ? "handles of resources" : this.#hidden;
  }

  /** How many pages memories may still grow by. */
  get memoryPagesLeft(): number {
    return this.#counters.memoryPagesLeft;
  }

  /** Memories were grown from outside, by so many pages. */
  grown(pages: number): void {
    this.#counters.reserve(pages, 0);
  }

  /** A call is about to be made. */
  begin(): void {
    this.#thread.refill(this.#limits.fuelPerMessage, this.#limits.stackFramesMax);
  }

  /** What the call has used so far, in units of fuel. */
  get used(): number {
    return this.#limits.fuelPerMessage - this.#thread.fuelLeft;
  }

  /** Why the call came to an end that it did not choose, when something ran out: instead of `trap`, which says only where. */
  failure(trap: Failure): Failure {
    const ran = this.#exhaustion();
    if (ran !== undefined) return { code: ran.code, reason: ran.message, bug: undefined };
    const { refused } = this.#counters;
    if (refused === undefined || trap.code !== "trap") return trap;
    const limit = refused === "memory" ? `${this.#limits.memoryBytesMax} bytes of memory` : `${CAPSULE_TABLE_ELEMENTS_MAX} elements of tables`;
    return { code: "memory-exhausted", reason: `it was refused more than ${limit}, and ended: ${trap.reason}`, bug: undefined };
  }

  /** Why a call failed that came to its end, and whose instructions and calls of the host together were too many. */
  overspent(): Failure {
    return { code: "fuel-exhausted", reason: this.#spentAll(), bug: undefined };
  }

  #spentAll(): string {
    return `it used up the fuel for one message: ${this.#limits.fuelPerMessage} units`;
  }

  #exhaustion(): DoterosError | undefined {
    switch (this.#thread.exhausted) {
      case "fuel":
        return new DoterosError("fuel-exhausted", this.#spentAll(), { help: `allow more with --limit fuelPerMessage=${2 * this.#limits.fuelPerMessage}` });
      case "stack":
        return new DoterosError("stack-exhausted", `it called itself too deep: its stack has ${this.#limits.stackFramesMax} frames`);
      case undefined:
        return undefined;
    }
  }
}
