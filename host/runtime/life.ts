import type { Mailbox } from "../bus/mailbox.ts";
import { Transition } from "../capability/transition.ts";
import type { CapsuleRecord } from "../contract/store.ts";
import type { Guard } from "../contract/policy.ts";
import type { WorkingState } from "../store/working-state.ts";
import type { Admission } from "./admission.ts";
import type { Breaker } from "./breaker.ts";
import { CapsuleLoop } from "./capsule-loop.ts";
import type { CapsuleRecorder } from "./capsule-recorder.ts";
import type { LoopCounters, Traffic } from "./engine.ts";
import type { FuelBudget } from "./fuel-budget.ts";
import type { Recorded } from "./group.ts";
import { Guest } from "./guest.ts";
import { retryRule } from "./retry.ts";
import { componentFor } from "./component-for.ts";
import type { Surroundings } from "./surroundings.ts";
import type { AwayGuest, AwayGuestParts } from "./thread/away-guest.ts";

/** Makes what stands for a capsule that is in another thread. */
export type Away = (parts: Pick<AwayGuestParts, "admission" | "transition" | "state" | "rates" | "instance">) => AwayGuest;

/** What a life begins with. */
export interface LifeParts {
  readonly admission: Admission;
  readonly mailbox: Mailbox;
  readonly state: WorkingState;
  /** What was before; undefined when nothing was. */
  readonly record: CapsuleRecord | undefined;
  /** What counts over all lives. */
  readonly counters: LoopCounters;
  readonly traffic: Traffic;
  /** Undefined for one in the host's own thread. */
  readonly away: Away | undefined;
  readonly recorded: Recorded;
}

/** All that a capsule has while it is awake. */
export interface Life {
  readonly guest: Guest | AwayGuest;
  readonly transition: Transition;
  readonly state: WorkingState;
  /** Stands before what it does; undefined where everything that was granted is allowed. */
  readonly guard: Guard | undefined;
  /** Writes down what happens, where that is kept. */
  readonly recorder: CapsuleRecorder | undefined;
  readonly loop: CapsuleLoop;
}

/** Brings a capsule to life: everything but an instance. */
export function bringToLife(around: Surroundings, { admission, mailbox, state, record, counters, traffic, away, recorded }: LifeParts): Life {
  const { exports, attempts, digest, manifest, config, limits, restraints, outside } = admission;
  const { journal, platform } = around;
  const { name, version } = manifest;
  const identity = { name, version, digest };
  const { rates: sendingRates, breaker: breakerRule } = manifest.limits ?? {};
  const asked = around.enforcement?.guard({ ...identity, labels: manifest.labels ?? {} });
  const rates = sendingRates && restraints.rates && new restraints.rates(asked, sendingRates, () => platform.elapsed(), (message) => transition.lines.push({ level: "warn", context: "doteros", message }));
  const guard = rates ?? asked;
  const transition = new Transition(identity, config, limits, state, platform, guard, record);
  transition.denied = counters.denied;
  if (away === undefined) transition.outside = outside?.open(outside.rights);
  const instance = record?.instance ?? 0;
  const guest =
    away === undefined
      ? new Guest({ ...componentFor(admission, transition), exports, platform, copying: around.copying, transition, instance, dormitory: around.dormitory })
      : away({ admission, transition, state, rates, instance });
  const { breaker: made, budget: spending } = restraints;
  const budget = spending && ((goOn: () => void): FuelBudget => new spending(limits.fuelPerSecond, platform, around.scheduler, goOn));
  const breaker = breakerRule && made && ((tryAgain: () => void): Breaker => new made(breakerRule, platform, around.scheduler, tryAgain));
  const recorder = journal && around.recorder && new around.recorder(journal, journal.mailbox(name, mailbox), transition, state, recorded);
  const loop = new CapsuleLoop(around, { guest, transition, state, retry: retryRule(manifest, attempts), mailbox, recorder, rates, breaker, budget, counters, traffic });
  return { guest, transition, state, guard, recorder, loop };
}
