import { capsuleImports } from "../capability/imports.ts";
import { inboxPattern } from "../capability/messaging.ts";
import { RateGuard } from "../capability/rate-guard.ts";
import { Transition } from "../capability/transition.ts";
import { DoterosError } from "../contract/error.ts";
import type { Capsule, CapsuleCounters, CapsuleState } from "../contract/host.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { Guard } from "../contract/policy.ts";
import type { CapsuleRecord } from "../contract/store.ts";
import type { WorkingState } from "../store/working-state.ts";
import type { Admission } from "./admission.ts";
import { CapsuleLoop } from "./capsule-loop.ts";
import { linkedComponent } from "./composition.ts";
import { CapsuleRecorder } from "./capsule-recorder.ts";
import { lookAt } from "./capsule-state.ts";
import type { Recorded } from "./group.ts";
import { Guest } from "./guest.ts";
import { showLines } from "./log.ts";
import { retryRule } from "./retry.ts";
import type { Surroundings } from "./surroundings.ts";

/** A capsule in a host: what its users see of it, around its loop. */
export class RunningCapsule implements Capsule, Recorded {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly manifest: Manifest;
  readonly state: CapsuleState;
  readonly loop: CapsuleLoop;
  readonly #admission: Admission;
  readonly #guard: Guard;
  readonly #guest: Guest;
  readonly #transition: Transition;
  readonly #recorder: CapsuleRecorder | undefined;
  readonly #around: Surroundings;
  readonly #state: WorkingState;
  readonly #messagesMax: number;
  readonly #unloaded: () => void;
  readonly #subscriptions: (() => void)[] = [];
  #listens: readonly string[] | undefined;
  #unloading: Promise<void> | undefined;

  /**
   * @param messagesMax how many messages may wait for it
   * @param unloaded called when it is gone
   */
  constructor(around: Surroundings, admission: Admission, messagesMax: number, unloaded: () => void) {
    const { exports, parts, digest, manifest, config, limits, rules } = admission;
    const { journal, platform } = around;
    this.name = manifest.name;
    this.version = manifest.version;
    this.digest = digest;
    this.manifest = manifest;
    this.#admission = admission;
    this.#around = around;
    this.#messagesMax = messagesMax;
    this.#unloaded = unloaded;
    const { state, mailbox, record } = around.residences.of(this.name);
    this.state = lookAt(journal === undefined ? state : journal.store.state(this.name));
    const identity = { name: this.name, version: this.version, digest };
    const { rates: sendingRates, breaker } = manifest.limits ?? {};
    const guard = around.enforcement.guard({ ...identity, labels: manifest.labels ?? {} });
    const tripped = (message: string): unknown => this.#transition.lines.push({ level: "warn", context: "doteros", message });
    const rates = sendingRates && new RateGuard(guard, sendingRates, () => platform.elapsed(), tripped);
    this.#guard = rates ?? guard;
    const transition = new Transition(identity, config, limits, state, platform, this.#guard, record);
    this.#state = state;
    this.#transition = transition;
    const { component, imports } = linkedComponent(parts, transition, (part) => capsuleImports(manifest, transition, rules, part.made.component.imports, part.dialects));
    this.#guest = new Guest({ component, imports, exports, platform, transition, instance: record?.instance ?? 0 });
    this.#recorder = journal && new CapsuleRecorder(journal, journal.mailbox(this.name, mailbox), transition, state, this);
    this.loop = new CapsuleLoop(around, { guest: this.#guest, transition, state, retry: retryRule(manifest), mailbox, recorder: this.#recorder, rates, breaker });
  }

  get instance(): number {
    return this.#guest.instance;
  }

  get record(): CapsuleRecord {
    const { name, digest } = this;
    const { index, latest } = this.#transition;
    const { version, size, bytes } = this.#state;
    return { name, digest, index, instance: this.#guest.instance, time: latest, version, size, bytes, listens: this.#listens };
  }

  get counters(): CapsuleCounters {
    return this.loop.counters;
  }

  get handlerNanoseconds(): number {
    return this.#guest.nanoseconds;
  }

  /** Asks the policy whether it may be here, and listen on what it wants to. @throws DoterosError `denied-by-policy` */
  mustBeAllowed(): void {
    const { name, manifest } = this;
    this.#guard.begin();
    const refusals = [["load ", this.#guard.refusal("load", "")]];
    for (const pattern of manifest.subscriptions) refusals.push([`subscribe ${pattern}`, this.#guard.refusal("subscribe", pattern)]);
    const denied = refusals.flatMap(([what = "", reason]) => (reason === undefined ? [] : [`${what.trimEnd()}: ${reason}`]));
    if (denied.length === 0) return;
    const message = denied.length === 1 ? ` ${denied.join("")}` : `\n  ${denied.join("\n  ")}`;
    throw new DoterosError("denied-by-policy", `the policy denies ${name}${message}`, { help: "change the policy, or what the manifest says" });
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

  /** Begins to listen. What waited for it since it was here last comes first. */
  listen(): void {
    const { bus, residences, scheduler } = this.#around;
    const { subscriptions, capabilities } = this.manifest;
    const { mailbox } = this.loop;
    this.#listens = capabilities.request === undefined ? subscriptions : [...subscriptions, inboxPattern(this.name)];
    this.#recorder?.loaded(this.#admission);
    this.policyChanged();
    residences.arrive(this.name);
    for (const pattern of this.#listens) this.#subscriptions.push(bus.subscribe(pattern, mailbox));
    mailbox.serve(this.#messagesMax, () => scheduler.wake(this.loop));
  }

  /** Writes down which policy decides from now on, where one does. */
  policyChanged(): void {
    const { policy } = this.#around.enforcement;
    if (policy !== undefined && this.#listens !== undefined) this.#recorder?.policy(policy.digest);
  }

  unload(): Promise<void> {
    this.#unloading ??= this.#unload();
    return this.#unloading;
  }

  async #unload(): Promise<void> {
    const { journal, backpressure, residences } = this.#around;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    await this.loop.drained();
    this.loop.stop();
    this.loop.abandon();
    backpressure.leave(this.loop.mailbox);
    if (this.#listens !== undefined) {
      this.#listens = undefined;
      this.#recorder?.unloaded();
      await journal?.durable();
      residences.leave(this.record, this.#state);
    }
    this.#unloaded();
  }
}
