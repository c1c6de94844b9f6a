import type { AdaptedHandler } from "../capability/dialect/dialect.ts";
import type { CapsuleExportNames } from "../capability/linkage.ts";
import type { Transition } from "../capability/transition.ts";
import type { Imports, Toll } from "../component/index.ts";
import type { ComponentInstance, LinkedComponent } from "../component/linked-component.ts";
import type { Handler, Starter } from "../contract/capsule-world.ts";
import type { Message } from "../contract/message.ts";
import type { Platform } from "../contract/platform.ts";
import type { InstanceSnapshot } from "../ledger/snapshot.ts";
import type { Copying } from "./copying.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Dormitory } from "./dormitory.ts";
import type { CopyParts } from "./instance-copy.ts";
import { Meter } from "./meter.ts";

/** What a guest is made of. */
export interface GuestParts {
  readonly component: Pick<LinkedComponent, "instantiate">;
  readonly exports: CapsuleExportNames;
  /** Whether each message has a new instance. */
  readonly fresh: boolean;
  readonly imports: Imports;
  /** What its imports work on, which says what it may use, and is told what it used. */
  readonly transition: Transition;
  readonly platform: Platform;
  /** What copies it. */
  readonly copying: Copying;
  /** Which instance was the last one, 0 for none. */
  readonly instance: number;
  /** Makes room where the engine has none for one more instance; undefined where nobody can. */
  readonly dormitory?: Pick<Dormitory, "relieve"> | undefined;
}

/**
 * The running instance of a capsule's component, and a new one when that one is used up: after a trap, because its memory
 * may be in any state, after a failed attempt that called `start`, because what `start` wrote was undone with it, after each
 * message where an instance is for one, and when it says that it is over.
 */
export class Guest implements Toll {
  readonly #component: Pick<LinkedComponent, "instantiate">;
  readonly #imports: Imports;
  readonly #exports: CapsuleExportNames;
  readonly #once: boolean;
  readonly #platform: Platform;
  readonly #copying: Copying;
  readonly #transition: Transition;
  readonly #meter: Meter;
  readonly #dormitory: GuestParts["dormitory"];
  #handler: AdaptedHandler | undefined;
  /** What is called before the first message; undefined when it was. */
  #starter: Starter | undefined;
  /** Which instance it is, counted from 1 over all the time that the capsule has been known. */
  instance: number;
  /** What the new instance took, until a message pays for it, in units of fuel. */
  #owed = 0;
  /** How long calls took, all added up. */
  nanoseconds = 0;
  /** The instance, when it is asleep: as `encodeInstance` writes it. */
  asleep: Uint8Array | undefined;
  /** When the last call ended, on the platform's `elapsed` clock. */
  calledAt = 0;

  constructor({ component, imports, exports, fresh, platform, copying, transition, instance, dormitory }: GuestParts) {
    this.#copying = copying;
    this.#dormitory = dormitory;
    this.instance = instance;
    this.#component = component;
    this.#imports = imports;
    this.#exports = exports;
    this.#once = fresh || exports.dialect?.once === true;
    this.#platform = platform;
    this.#transition = transition;
    this.#meter = new Meter(transition.limits);
  }

  /** Whether there is an instance to call. */
  get ready(): boolean {
    return this.#handler !== undefined;
  }

  /** The memories of its instance, in bytes. */
  get memoryBytes(): number {
    return this.#meter.memoryBytes;
  }

  charge(fuel: number): void {
    this.#transition.charge(fuel);
  }

  end(): void {
    this.#meter.end();
  }

  /**
   * Makes an instance: a new one, or the one that is asleep. What a new one takes is owed by the first message that it handles.
   *
   * @throws DoterosError what instantiating the component throws, and what ran out
   */
  async renew(): Promise<void> {
    const { asleep } = this;
    if (asleep !== undefined) {
      this.asleep = undefined;
      const { decodeInstance } = await this.#copying();
      return this.restore(decodeInstance(asleep));
    }
    this.#transition.charged = 0;
    try {
      await this.#instantiate();
    } finally {
      this.#owed = this.#meter.made + this.#transition.charged;
    }
    this.instance += 1;
  }

  /**
   * What copies the instance, which must be ready and at rest then.
   *
   * @throws DoterosError `unsupported` when it keeps what cannot be copied
   */
  async copier(): Promise<() => InstanceSnapshot> {
    const { instanceCopier } = await this.#copying();
    const copy = await instanceCopier(this.#copied);
    return () => ({ starts: this.#starter !== undefined, owed: this.#owed, ...copy() });
  }

  /**
   * Makes an instance that is what a copy says. It is no new one: its number stays.
   *
   * @throws DoterosError as `restoreInstance` does, and what instantiating the component throws
   */
  async restore(snapshot: InstanceSnapshot): Promise<void> {
    const { restoreInstance } = await this.#copying();
    try {
      await restoreInstance(this.#copied, snapshot, () => this.#instantiate());
    } catch (error) {
      this.discard();
      throw error;
    }
    if (!snapshot.starts) this.#starter = undefined;
    this.#owed = snapshot.owed;
  }

  get #copied(): CopyParts {
    return { component: this.#component, imports: this.#imports, limits: this.#transition.limits, platform: this.#platform, meter: this.#meter };
  }

  /** No message is handled, because there is no new instance: the attempt pays for what was tried. */
  payForNone(): void {
    this.#transition.fuel = this.#owed;
    this.#owed = 0;
  }

  async #instantiate(): Promise<void> {
    const exports = await this.#export().catch(async (error: unknown) => {
      if (!this.#meter.hadNoRoom || this.#dormitory === undefined) throw error;
      await this.#dormitory.relieve();
      return this.#export().catch(async (again: unknown) => {
        throw this.#meter.hadNoRoom ? (await import("./no-room.ts")).noRoom(again) : again;
      });
    });
    this.calledAt = this.#platform.elapsed();
    const { handler, dialect, starter } = this.#exports;
    this.#handler = dialect?.adapt(exports[handler], this.#transition) ?? (exports[handler] as Handler);
    this.#starter = starter === undefined ? undefined : (exports[starter] as Starter);
  }

  /** Hands over a message. Answers why that failed, or undefined when it did not. */
  call(message: Message): Failure | undefined {
    const { payloadBytesMax } = this.#transition.limits;
    const { length } = message.payload;
    if (length > payloadBytesMax) return { code: "limit-exceeded", reason: `the payload has ${length} bytes, more than ${payloadBytesMax}`, bug: undefined };
    const begun = this.#platform.elapsed();
    this.#meter.begin();
    const isFirst = this.#starter !== undefined;
    const failure = this.#settle(this.#start() ?? this.#handle(message));
    if (this.#once || this.#handler?.isOver === true || (failure !== undefined && (isFirst || failure.code !== "capsule-fault"))) this.discard();
    this.calledAt = this.#platform.elapsed();
    this.nanoseconds += this.calledAt - begun;
    return failure;
  }

  async #export(): Promise<ComponentInstance["exports"]> {
    this.#meter.renew();
    const { exports } = await this.#component.instantiate(this.#imports, this.#meter.instantiate, this);
    return exports;
  }

  /** Ends the instance: the next message is for a new one. */
  discard(): void {
    this.#transition.outside?.release();
    this.#handler = undefined;
    this.#starter = undefined;
  }

  /** Calls what comes before the first message, when that was not called. */
  #start(): Failure | undefined {
    if (this.#starter === undefined) return undefined;
    try {
      this.#starter.start();
      this.#starter = undefined;
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  }

  #handle(message: Message): Failure | undefined {
    try {
      this.#handler?.handle(message);
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Says what the attempt used, and whether that was too much. One that did not come to its own end is taken to have used all. */
  #settle(failure: Failure | undefined): Failure | undefined {
    const { charged, limits } = this.#transition;
    const fuel = this.#meter.used + charged;
    const hasEnded = failure === undefined || failure.code === "capsule-fault";
    this.#transition.fuel = this.#owed + (hasEnded && fuel <= limits.fuelPerMessage ? fuel : limits.fuelPerMessage);
    this.#owed = 0;
    if (!hasEnded) return this.#meter.failure(failure);
    return fuel <= limits.fuelPerMessage ? failure : this.#meter.overspent();
  }
}
