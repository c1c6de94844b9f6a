import type { CapsuleExportNames } from "../capability/linkage.ts";
import type { Component } from "../component/index.ts";
import type { CapsuleImports, Handler, Starter } from "../contract/capsule-world.ts";
import type { Message } from "../contract/message.ts";
import type { Platform } from "../contract/platform.ts";
import { type Failure, failureOf } from "./failure.ts";

/**
 * The running instance of a capsule's component, and a new one when that one is used up: after a trap, because its memory
 * may be in any state, and after a failed attempt that called `start`, because what `start` wrote was undone with it.
 */
export class Guest {
  readonly #component: Component;
  readonly #imports: Partial<CapsuleImports>;
  readonly #exports: CapsuleExportNames;
  readonly #platform: Platform;
  #handler: Handler | undefined;
  /** What is called before the first message; undefined when it was. */
  #starter: Starter | undefined;
  /** Which instance it is, counted from 1 over all the time that the capsule has been known. */
  instance: number;
  /** How long calls took, all added up. */
  nanoseconds = 0;
  /** When the last call ended, on the platform's `elapsed` clock. */
  calledAt = 0;

  constructor(component: Component, imports: Partial<CapsuleImports>, exports: CapsuleExportNames, platform: Platform, instance: number) {
    this.instance = instance;
    this.#component = component;
    this.#imports = imports;
    this.#exports = exports;
    this.#platform = platform;
  }

  /** Whether there is an instance to call. */
  get ready(): boolean {
    return this.#handler !== undefined;
  }

  /** Makes an instance. @throws DoterosError what instantiating the component throws */
  async renew(): Promise<void> {
    const { exports } = await this.#component.instantiate(this.#imports);
    this.instance += 1;
    const { handler, starter } = this.#exports;
    this.#handler = exports[handler] as Handler;
    this.#starter = starter === undefined ? undefined : (exports[starter] as Starter);
  }

  /** Hands over a message. Answers why that failed, or undefined when it did not. */
  call(message: Message): Failure | undefined {
    const begun = this.#platform.elapsed();
    const failure = this.#starter === undefined ? this.#handle(message) : this.#startAndHandle(this.#starter, message);
    this.calledAt = this.#platform.elapsed();
    this.nanoseconds += this.calledAt - begun;
    return failure;
  }

  #handle(message: Message): Failure | undefined {
    try {
      this.#handler?.handle(message);
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== "capsule-fault") this.#discard();
      return failure;
    }
  }

  #startAndHandle(starter: Starter, message: Message): Failure | undefined {
    let failure: Failure | undefined;
    try {
      starter.start();
      this.#starter = undefined;
    } catch (error) {
      failure = failureOf(error);
    }
    failure ??= this.#handle(message);
    if (failure !== undefined) this.#discard();
    return failure;
  }

  #discard(): void {
    this.#handler = undefined;
    this.#starter = undefined;
  }
}
