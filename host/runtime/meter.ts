import type { InstantiateModule } from "../component/index.ts";
import { DoterosError } from "../contract/error.ts";
import { CAPSULE_TABLE_ELEMENTS_MAX } from "../contract/limits.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import type { CoreInstance } from "../wasm/image/index.ts";
import { meteringOf } from "../wasm/metered-module.ts";
import { Counters } from "../wasm/rewrite/counters.ts";
import type { Failure } from "./failure.ts";

const PAGE_BYTES = 65_536;
/** What it costs to make an instance of a core module, and a page of memory that it begins with, in units of fuel. */
const INSTANCE_FUEL = 50_000;
const PAGE_FUEL = 5_000;

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
  /** What the instances of core modules cost beside what their starts did, in units of fuel, */
  #made = 0;
  /** and what that was. */
  #started = 0;
  /** What had run out when the guest was ended; undefined as long as it was not. */
  #ended: "fuel" | "stack" | "nothing" | undefined;
  /** What was left of the fuel then. */
  #left = 0;

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
    this.#made = 0;
    this.#started = 0;
    this.begin();
  }

  /** What the new instance took, in units of fuel. */
  get made(): number {
    return this.#made + this.#started;
  }

  /** Makes the instances of core modules, each within what the ones before left. @throws DoterosError what ran out */
  readonly instantiate: InstantiateModule = (module, imports, reserved, holding) => {
    this.#holding = holding;
    const counters = this.#counters;
    const pages = Math.ceil((reserved?.memoryBytes ?? 0) / PAGE_BYTES);
    counters.reserve(pages, reserved?.tableElements ?? 0);
    this.#made += INSTANCE_FUEL + pages * PAGE_FUEL;
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
      throw this.#exhaustion() ?? this.#refusal(error);
    } finally {
      // At once: others have had the thread's fuel by the time that the whole component is there.
      this.#started = Math.min(this.used, this.#limits.fuelPerMessage);
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
    this.#ended = undefined;
    this.#thread.refill(this.#limits.fuelPerMessage, this.#limits.stackFramesMax);
  }

  /** The guest is to go on no more. */
  end(): void {
    if (this.#ended !== undefined) return;
    this.#ended = this.#thread.exhausted ?? "nothing";
    this.#left = this.#thread.fuelLeft;
    this.#thread.stop();
  }

  /** What the call has used so far, in units of fuel. */
  get used(): number {
    return this.#limits.fuelPerMessage - (this.#ended === undefined ? this.#thread.fuelLeft : this.#left);
  }

  /** Why the call came to an end that it did not choose, when something ran out: instead of `trap`, which says only where. */
  failure(trap: Failure): Failure {
    const ran = this.#exhaustion();
    if (ran !== undefined) return { code: ran.code, reason: ran.message, bug: undefined };
    const refused = this.#refused;
    if (refused === undefined || trap.code !== "trap") return trap;
    return { code: "memory-exhausted", reason: `${refused}, and ended: ${trap.reason}`, bug: undefined };
  }

  /** The same of an instance that was not made. */
  #refusal(error: unknown): unknown {
    const refused = this.#refused;
    if (refused === undefined || !(error instanceof WebAssembly.RuntimeError)) return error;
    return new DoterosError("memory-exhausted", `${refused}, and ended: ${error.message}`, { cause: error });
  }

  get #refused(): string | undefined {
    const { refused } = this.#counters;
    if (refused === undefined) return undefined;
    return `it was refused more than ${refused === "memory" ? `${this.#limits.memoryBytesMax} bytes of memory` : `${CAPSULE_TABLE_ELEMENTS_MAX} elements of tables`}`;
  }

  /** Why a call failed that came to its end, and whose instructions and calls of the host together were too many. */
  overspent(): Failure {
    return { code: "fuel-exhausted", reason: this.#spentAll(), bug: undefined };
  }

  #spentAll(): string {
    return `it used up the fuel for one message: ${this.#limits.fuelPerMessage} units`;
  }

  #exhaustion(): DoterosError | undefined {
    switch (this.#ended ?? this.#thread.exhausted) {
      case "fuel":
        return new DoterosError("fuel-exhausted", this.#spentAll(), { help: `allow more with --limit fuelPerMessage=${2 * this.#limits.fuelPerMessage}` });
      case "stack":
        return new DoterosError("stack-exhausted", `it called itself too deep: its stack has ${this.#limits.stackFramesMax} frames`);
      default:
        return undefined;
    }
  }
}
