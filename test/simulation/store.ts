import type { Batch } from "../../host/contract/store.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import type { Random } from "../component/random.ts";
import type { Clock, Machine } from "./platform.ts";

const NEVER = new Promise<void>(() => {
  // Nobody is there any more to be told.
});

/** How the disk is. */
export interface Weather {
  /** The longest a commit takes, in milliseconds. */
  readonly slow: number;
  /** One commit in so many fails; 0 for none. */
  readonly failsOnceIn: number;
}

/** What is on the disk, which outlives the machines that use it. Commits take their time, fail, and are torn by crashes. */
export class SimulatedStore extends MemoryStore {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #weather: Weather;
  #machine: Machine | undefined;
  /** What is being written. */
  #writing: Batch | undefined;

  constructor(clock: Clock, random: Random, weather: Weather) {
    super();
    this.#clock = clock;
    this.#random = random;
    this.#weather = weather;
  }

  /** A new process has the store. */
  attach(machine: Machine): void {
    this.#machine = machine;
  }

  override commit(batch: Batch): Promise<void> {
    if (this.#machine?.step() === true) return NEVER;
    const { slow, failsOnceIn } = this.#weather;
    const fails = failsOnceIn > 0 && this.#random.once(failsOnceIn);
    // Of a commit that fails nothing is there, or everything.
    const keeps = !fails || this.#random.once(2);
    const when = this.#random.below(slow + 1);
    this.#writing = keeps ? batch : undefined;
    return new Promise((resolve, reject) => {
      this.#clock.schedule(this.#random.below(when + 1), () => this.#write());
      this.#clock.schedule(when + 1, () => {
        this.#write();
        if (fails) reject(new Error("the disk is full"));
        else resolve();
      });
    });
  }

  /** The process that has the store is gone. What it was writing is there, all of it, or is not. */
  crash(): void {
    if (this.#random.once(2)) this.#write();
    this.#writing = undefined;
  }

  #write(): void {
    if (this.#writing !== undefined) void super.commit(this.#writing);
    this.#writing = undefined;
  }
}
