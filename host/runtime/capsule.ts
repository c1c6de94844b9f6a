import type { Mailbox } from "../bus/mailbox.ts";
import { inboxPattern } from "../capability/messaging.ts";
import { DoterosError } from "../contract/error.ts";
import type { Capsule, CapsuleState } from "../contract/host.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { CapsuleRecord } from "../contract/store.ts";
import type { CapsuleUsage } from "../contract/usage.ts";
import { WorkingState } from "../store/working-state.ts";
import type { Admission } from "./admission.ts";
import { lookAt } from "./capsule-state.ts";
import type { Sleeper } from "./dormitory.ts";
import { type LoopCounters, noCounters, type Traffic } from "./engine.ts";
import type { Recorded } from "./group.ts";
import { Guest } from "./guest.ts";
import { bytesOfHex } from "./hex.ts";
import { type Away, bringToLife, type Life } from "./life.ts";
import { showLines } from "./log.ts";
import type { Surroundings } from "./surroundings.ts";

/** What stays in memory of a capsule that is asleep, beside itself. */
interface Asleep {
  readonly record: CapsuleRecord;
  /** Its instance and its state, where no store has them. */
  readonly instance: Uint8Array | undefined;
  readonly state: WorkingState | undefined;
}

/** A capsule in a host: what its users see of it, around its life. */
export class RunningCapsule implements Capsule, Recorded, Sleeper {
  readonly counters: LoopCounters = noCounters();
  readonly #traffic: Traffic = { failures: 0, receivedBytes: 0, publishedBytes: 0 };
  readonly #admission: Admission;
  readonly #around: Surroundings;
  readonly #mailbox: Mailbox;
  readonly #messagesMax: number;
  readonly #away: Away | undefined;
  readonly #unloaded: (name: string) => void;
  #subscriptions: readonly (() => void)[] = [];
  #life: Life | undefined;
  #asleep: Asleep | undefined;
  /** How long its handler ran in lives that are over. */
  #nanoseconds = 0;
  #listens: readonly string[] | undefined;
  /** The snapshot that it begins from, and what its state held then, until that is written down. */
  #restored: { readonly bytes: Uint8Array; readonly entries: ReadonlyMap<string, Uint8Array> } | undefined;
  #unloading: Promise<void> | undefined;

  /**
   * @param messagesMax how many messages may wait for it
   * @param away for one that is to live in another thread
   * @param unloaded called with its name when it is gone
   */
  constructor(around: Surroundings, admission: Admission, messagesMax: number, away: Away | undefined, unloaded: (name: string) => void) {
    const { state, mailbox, record } = around.residences.of(admission.manifest.name);
    this.#admission = admission;
    this.#around = around;
    this.#mailbox = mailbox;
    this.#messagesMax = messagesMax;
    this.#away = away;
    this.#unloaded = unloaded;
    this.#life = this.#bringToLife(state, record);
  }

  get name(): string {
    return this.manifest.name;
  }

  get version(): string {
    return this.manifest.version;
  }

  get digest(): string {
    return this.#admission.digest;
  }

  get handler(): string {
    return this.#admission.exports.handler;
  }

  get manifest(): Manifest {
    return this.#admission.manifest;
  }

  get state(): CapsuleState {
    const { journal } = this.#around;
    return lookAt(journal === undefined ? (this.#asleep?.state ?? this.#awake().state) : journal.store.state(this.name));
  }

  get instance(): number {
    return this.#life?.guest.instance ?? this.#asleep?.record.instance ?? 0;
  }

  get record(): CapsuleRecord {
    if (this.#asleep !== undefined) return { ...this.#asleep.record, listens: this.#listens };
    const { transition, state, guest } = this.#awake();
    const { version, size, bytes } = state;
    return { name: this.name, digest: this.digest, index: transition.index, instance: guest.instance, time: transition.latest, version, size, bytes, listens: this.#listens };
  }

  get isAsleep(): boolean {
    return this.#asleep !== undefined;
  }

  /** What it used since it is here, and what it has. */
  get usage(): CapsuleUsage {
    const { messages, transitions, fuel, published } = this.counters;
    const { bytes: stateBytes } = this.#life?.state ?? this.record;
    const memoryBytes = this.#life?.guest.memoryBytes ?? 0;
    const tenant = this.manifest.labels?.["tenant"];
    return { capsule: this.name, tenant, messages, transitions, fuel, published, ...this.#traffic, stateBytes, memoryBytes, nanoseconds: this.handlerNanoseconds };
  }

  get handlerNanoseconds(): number {
    return this.#nanoseconds + (this.#life?.guest.nanoseconds ?? 0);
  }

  get activeAt(): number {
    const { guest } = this.#life ?? {};
    return guest instanceof Guest ? guest.calledAt : 0;
  }

  /** Asks the policy whether it may be here, and listen on what it wants to. @throws DoterosError `denied-by-policy` */
  mustBeAllowed(): void {
    const { name, manifest } = this;
    const { guard } = this.#awake();
    if (guard === undefined) return;
    guard.begin();
    const refusals = [["load ", guard.refusal("load", "")]];
    for (const pattern of manifest.subscriptions) refusals.push([`subscribe ${pattern}`, guard.refusal("subscribe", pattern)]);
    const denied = refusals.flatMap(([what = "", reason]) => (reason === undefined ? [] : [`${what.trimEnd()}: ${reason}`]));
    if (denied.length === 0) return;
    const message = denied.length === 1 ? ` ${denied.join("")}` : `\n  ${denied.join("\n  ")}`;
    throw new DoterosError("denied-by-policy", `the policy denies ${name}${message}`, { help: "change the policy, or what the manifest says" });
  }

  /**
   * Makes the first instance.
   *
   * @param snapshot what it is to be
   * @throws DoterosError `trap`, what ran out, and as `restoreCapsule` does; `usage` when there is a state already
   */
  async instantiate(snapshot?: Uint8Array): Promise<void> {
    const { guest, transition } = this.#awake();
    try {
      await guest.renew();
      if (snapshot !== undefined) await this.#restore(snapshot.slice());
      showLines(transition, "committed", this.#around);
    } finally {
      showLines(transition, "failed", this.#around);
    }
  }

  async #restore(bytes: Uint8Array): Promise<void> {
    const { transition, state } = this.#awake();
    const { checkEmpty, copiable, restoreCapsule } = await this.#around.snapshots();
    checkEmpty(transition, state);
    const entries = await restoreCapsule({ guest: copiable(this.#awake().guest, this.#admission), transition, state }, bytes);
    this.#restored = { bytes, entries };
  }

  async snapshot(): Promise<Uint8Array> {
    const { platform, journal, snapshots } = this.#around;
    const life = this.#awake();
    const { copiable, snapshotTaker } = await snapshots();
    const guest = copiable(life.guest, this.#admission);
    if (guest.asleep !== undefined) await guest.renew();
    const take = await snapshotTaker({ guest, transition: life.transition, state: life.state, manifest: JSON.stringify(this.manifest) });
    await life.loop.atRest();
    if (this.#listens === undefined) throw new DoterosError("closed", `${this.name} was unloaded`);
    const bytes = take();
    life.recorder?.snapshot(platform.sha256(bytes), bytes);
    await journal?.durable();
    return bytes;
  }

  /** Begins to listen. What waited for it since it was here last comes first. */
  listen(): void {
    const { bus, platform, residences, dormitory } = this.#around;
    const { recorder } = this.#awake();
    const { subscriptions, capabilities } = this.manifest;
    const own = this.#admission.exports.dialect?.subject?.(this.name);
    const others = [...(capabilities.request === undefined ? [] : [inboxPattern(this.name)]), ...(own === undefined ? [] : [own])];
    this.#listens = others.length === 0 ? subscriptions : [...subscriptions, ...others];
    recorder?.loaded(this.#admission);
    if (this.#restored !== undefined) recorder?.restored(platform.sha256(this.#restored.bytes), this.#restored.bytes, this.#restored.entries);
    this.#restored = undefined;
    this.policyChanged();
    residences.arrive(this.name);
    this.#subscriptions = this.#listens.map((pattern) => bus.subscribe(pattern, this.#mailbox));
    this.#mailbox.serve(this.#messagesMax, this.#arrived);
    if (this.#canSleep) dormitory?.wake(this);
  }

  /** Writes down which policy decides from now on, where one does. */
  policyChanged(): void {
    const { enforcement, journal } = this.#around;
    const policy = enforcement?.policy;
    if (policy === undefined || this.#listens === undefined || journal === undefined) return;
    journal.append(journal.writer.policy(journal.hash, { capsule: this.name, policy: bytesOfHex(policy.digest) }), this);
  }

  /** Takes no more messages. */
  stop(): void {
    this.#life?.loop.stop();
  }

  /** Counts the messages that it leaves behind, and closes what it has open outside. */
  abandon(): void {
    this.counters.abandoned += this.#mailbox.clear();
    this.#life?.transition.outside?.close();
  }

  async sleep(): Promise<boolean> {
    const life = this.#life;
    if (life === undefined || !this.#canSleep || !(life.guest instanceof Guest)) return false;
    const { journal, backpressure, dormitory, copying } = this.#around;
    const { guest, loop } = life;
    let instance: Uint8Array | undefined;
    try {
      const copy = await guest.copier();
      const { encodeInstance } = await copying();
      if (!this.#isIdle(life)) return true;
      instance = guest.asleep ?? (guest.ready ? encodeInstance(copy()) : undefined);
    } catch (error) {
      // One that cannot be copied stays awake, as does one whose copy takes memory that there is not.
      if (error instanceof DoterosError) return false;
      throw error;
    }
    if (journal !== undefined) {
      const { messages } = this.counters;
      journal.image(this.name, instance);
      await journal.durable();
      if (!this.#isIdle(life) || this.counters.messages !== messages) return true;
    }
    this.#asleep = { record: this.record, instance: journal === undefined ? instance : undefined, state: journal === undefined ? life.state : undefined };
    this.#nanoseconds += guest.nanoseconds;
    this.#life = undefined;
    loop.stop();
    this.#mailbox.shrink();
    backpressure.leave(this.#mailbox);
    dormitory?.leave(this);
    return true;
  }

  #isIdle({ loop }: Life): boolean {
    return this.#life?.loop === loop && this.#listens !== undefined && this.#unloading === undefined && loop.isIdle;
  }

  /** Rates, breakers and budgets remember what was in the last seconds. */
  get #canSleep(): boolean {
    const { rates, breaker, fuelPerSecond = 0 } = this.manifest.limits ?? {};
    return this.#away === undefined && this.#admission.composition === undefined && this.#admission.outside === undefined && rates === undefined && breaker === undefined && fuelPerSecond === 0;
  }

  readonly #arrived = (): void => {
    this.#around.scheduler.wake(this.#awake().loop);
  };

  /** Its life, to which it is woken when it is asleep. */
  #awake(): Life {
    const asleep = this.#asleep;
    if (asleep === undefined) return this.#life as Life;
    const { journal, dormitory } = this.#around;
    const { record } = asleep;
    const state = asleep.state ?? WorkingState.of((journal as NonNullable<typeof journal>).store.state(this.name));
    const instance = journal === undefined ? asleep.instance : journal.store.image(this.name);
    const life = this.#bringToLife(state, record);
    this.#life = life;
    this.#asleep = undefined;
    if (instance !== undefined && life.guest instanceof Guest) life.guest.asleep = instance;
    dormitory?.wake(this);
    return life;
  }

  #bringToLife(state: WorkingState, record: CapsuleRecord | undefined): Life {
    return bringToLife(this.#around, { admission: this.#admission, mailbox: this.#mailbox, state, record, counters: this.counters, traffic: this.#traffic, away: this.#away, recorded: this });
  }

  unload(): Promise<void> {
    this.#unloading ??= this.#unload();
    return this.#unloading;
  }

  async #unload(): Promise<void> {
    const { journal, backpressure, residences, dormitory } = this.#around;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    const { loop, guest, recorder, state } = this.#awake();
    await loop.drained();
    loop.stop();
    this.abandon();
    dormitory?.leave(this);
    backpressure.leave(this.#mailbox);
    if (!(guest instanceof Guest)) await guest.leave();
    if (this.#listens !== undefined) {
      this.#listens = undefined;
      recorder?.unloaded();
      await journal?.durable();
      residences.leave(this.record, state);
    }
    this.#unloaded(this.name);
  }
}
