import { capsuleExports } from "../../capability/linkage.ts";
import { RateGuard } from "../../capability/rate-guard.ts";
import { Transition } from "../../capability/transition.ts";
import { THREAD_BATCH_BYTES_MAX } from "../../contract/limits.ts";
import type { Platform } from "../../contract/platform.ts";
import type { CborReader } from "../../ledger/cbor-reader.ts";
import type { CborWriter } from "../../ledger/cbor-writer.ts";
import type { Enforcement } from "../../policy/enforcement.ts";
import type { WorkingState } from "../../store/working-state.ts";
import { attemptAnew, attemptAt } from "../attempt.ts";
import { capsuleComponent } from "../capsule-component.ts";
import { capsuleRules } from "../capsule-rules.ts";
import { copying } from "../copying.ts";
import type { Failure } from "../failure.ts";
import { Guest } from "../guest.ts";
import { componentFor } from "../component-for.ts";
import { type BatchHead, nextMessage } from "./batch.ts";
import type { Arrival, LoadOrder } from "./order.ts";
import { writeOutcome } from "./outcome.ts";
import { unpackState } from "./state-pack.ts";

/** How long a batch may take before what is left of it goes back, in nanoseconds: others have their turn, and the host hears something. */
const SLICE_NANOSECONDS = 5_000_000;

/** What a capsule has around it in its thread. */
export interface ThreadSurroundings {
  readonly platform: Platform;
  readonly enforcement: Enforcement;
}

/**
 * A capsule where it runs, when that is not where its host is: its instance, and its state as its last transition left it. It
 * runs ahead of the host, which has the last word about what was done.
 */
export class ThreadCapsule {
  readonly #around: ThreadSurroundings;
  readonly #guest: Guest;
  readonly #transition: Transition;
  readonly #state: WorkingState;
  readonly #rates: RateGuard | undefined;
  readonly #told = { denied: 0, limited: 0 };
  /** Whether the last batch ended before its end: what goes on there is nothing. */
  #isHalted = false;

  private constructor(around: ThreadSurroundings, parts: { guest: Guest; transition: Transition; state: WorkingState; rates: RateGuard | undefined }) {
    this.#around = around;
    this.#guest = parts.guest;
    this.#transition = parts.transition;
    this.#state = parts.state;
    this.#rates = parts.rates;
  }

  /** Makes it what the order says, and its first instance. @throws DoterosError as `Host.load` does */
  static async load(order: LoadOrder, around: ThreadSurroundings): Promise<{ capsule: ThreadCapsule; arrival: Arrival }> {
    const { digest, manifest, limits, config, instance } = order;
    const { platform, enforcement } = around;
    const made = await capsuleComponent(order.component, platform, { compiled: order.modules });
    const rules = await capsuleRules(manifest, made.bytes);
    const state = unpackState(order.state, order.version);
    const identity = { name: manifest.name, version: manifest.version, digest };
    const inner = enforcement.guard({ ...identity, labels: manifest.labels ?? {} });
    const tripped = (message: string): unknown => transition.lines.push({ level: "warn", context: "doteros", message });
    const sending = manifest.limits?.rates;
    const rates = sending && new RateGuard(inner, sending, () => platform.elapsed(), tripped, order.levels);
    const transition: Transition = new Transition(identity, new Map(config), limits, state, platform, rates ?? inner, order);
    // Few capsules have an outside.
    if (order.outside !== undefined) transition.outside = (await (await import("../granted-outside.ts")).openerOf(platform, manifest.name))(order.outside);
    const exports = capsuleExports(made.component, made.dialects);
    const guest = new Guest({ ...componentFor({ ...made, composition: undefined, manifest, rules }, transition), exports, platform, copying, transition, instance });
    await guest.renew();
    const arrival = { instance: guest.instance, lines: [...transition.lines], failure: undefined };
    transition.lines.length = 0;
    return { capsule: new ThreadCapsule(around, { guest, transition, state, rates }), arrival };
  }

  /** It is no more. */
  leave(): void {
    this.#transition.outside?.close();
  }

  /** Makes attempts at the messages of a batch until one fails or time is up, and writes what came of each. */
  async handle({ continues, count, index, attempt, veto, fuel = Number.POSITIVE_INFINITY }: BatchHead, input: CborReader, out: CborWriter): Promise<void> {
    const refusal: Failure | undefined = veto === undefined ? undefined : { code: "mailbox-full", reason: veto, bug: undefined };
    const mayNot = { overflow: (): Failure | undefined => refusal };
    const guest = this.#guest;
    const transition = this.#transition;
    const nanosecondsBefore = guest.nanoseconds;
    const until = this.#around.platform.elapsed() + SLICE_NANOSECONDS;
    const start = out.length;
    let used = 0;
    let done = 0;
    let failure: Failure | undefined;
    this.#isHalted &&= continues;
    while (!this.#isHalted && done < count) {
      const message = nextMessage(input);
      transition.index = index + done;
      failure = guest.ready ? attemptAt(guest, transition, message, attempt, mayNot) : await attemptAnew(guest, transition, message, attempt, mayNot);
      out.boolean(true);
      this.#settle(failure, out);
      done += 1;
      used += transition.fuel;
      if (failure !== undefined || used > fuel || guest.calledAt > until || out.length - start > THREAD_BATCH_BYTES_MAX) break;
    }
    this.#isHalted = failure !== undefined || done < count;
    out.boolean(false);
    out.uint(Math.round(guest.nanoseconds - nanosecondsBefore));
    out.uint(guest.memoryBytes);
  }

  /** What an attempt came to is written for the host, and what it wrote is the state, when it did not fail. */
  #settle(failure: Failure | undefined, out: CborWriter): void {
    const transition = this.#transition;
    writeOutcome(out, transition, failure, this.#guest, this.#told, this.#rates);
    if (failure === undefined) {
      this.#state.apply(transition.writes);
      if (transition.outputs.length > 0) this.#rates?.sent(transition.outputs);
    }
    transition.clear();
    if (transition.lines.length > 0) {
      transition.lines.length = 0;
      transition.linesLeftOut = 0;
    }
  }
}
