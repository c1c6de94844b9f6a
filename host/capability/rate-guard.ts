import { covers } from "../bus/subject.ts";
import { SUBJECTS_REMEMBERED_MAX } from "../contract/limits.ts";
import type { RateRule } from "../contract/manifest.ts";
import type { Message } from "../contract/message.ts";
import type { Platform } from "../contract/platform.ts";
import type { Guard, Operation } from "../contract/policy.ts";

const NANOSECONDS_PER_SECOND = 1e9;

/** How every reason of a rate begins. */
export const RATE_REASON = "the manifest limits ";

/** How many messages may still be sent by one rule. What is spent comes back with time. */
class Bucket {
  readonly subjects: string;
  /** What a capsule is told whose message is one too many. */
  readonly reason: string;
  /** Messages that the attempt in hand would send. */
  pending = 0;
  /** Whether the last message that was asked about was one too many. */
  isEmpty = false;
  readonly #perSecond: number;
  readonly #burst: number;
  #level: number;
  /** When the level was that. */
  #at: number;

  constructor({ subjects, perSecond, burst = Math.max(1, Math.floor(perSecond)) }: RateRule, now: number, level = burst) {
    this.subjects = subjects;
    this.reason = `${RATE_REASON}${subjects} to ${perSecond} messages a second, ${burst} at once`;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = level;
    this.#at = now;
  }

  /** How many messages there is room for. Less than none when one attempt sent more to a subject than there was room for. */
  level(now: number): number {
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) * this.#perSecond) / NANOSECONDS_PER_SECOND);
    this.#at = now;
    return this.#level;
  }

  spend(now: number): void {
    this.#level = this.level(now) - 1;
  }
}

/**
 * Refuses what the policy allows, when a capsule sends more than its manifest's rates. Only what is committed counts.
 *
 * As with a policy, the same question has the same answer for all of one attempt, because that is how a replay finds it
 * recorded: who may send to a subject may send there again, and what that is too much is missing afterwards.
 */
export class RateGuard implements Guard {
  /** Calls that were refused. */
  limited = 0;
  readonly #inner: Guard | undefined;
  readonly #elapsed: Platform["elapsed"];
  readonly #tripped: (message: string) => void;
  readonly #buckets: readonly Bucket[];
  /** Those that are for a subject, of the subjects met so far. */
  readonly #bySubject = new Map<string, readonly Bucket[]>();
  /** The answers of this attempt; undefined for what is allowed. */
  readonly #answers = new Map<string, string | undefined>();

  /**
   * @param inner asked first, where there is one
   * @param elapsed a clock that never goes back, in nanoseconds
   * @param tripped told when a rate begins to refuse
   * @param levels what each rate has left, when that is known: see `levels`
   */
  constructor(inner: Guard | undefined, rates: readonly RateRule[], elapsed: Platform["elapsed"], tripped: (message: string) => void, levels: readonly number[] = []) {
    this.#inner = inner;
    this.#elapsed = elapsed;
    this.#tripped = tripped;
    const now = elapsed();
    this.#buckets = rates.map((rule, at) => new Bucket(rule, now, levels[at]));
  }

  /** How many messages there is room for by each rate, in their order. */
  get levels(): number[] {
    const now = this.#elapsed();
    return this.#buckets.map((bucket) => bucket.level(now));
  }

  begin(): void {
    this.#inner?.begin();
    this.#answers.clear();
    for (const bucket of this.#buckets) bucket.pending = 0;
  }

  refusal(operation: Operation, resource: string): string | undefined {
    const reason = this.#inner?.refusal(operation, resource);
    if (reason !== undefined || (operation !== "publish" && operation !== "request")) return reason;
    const call = `${operation} ${resource}`;
    const buckets = this.#of(resource);
    const isKnown = this.#answers.has(call);
    const refusal = isKnown ? this.#answers.get(call) : this.#ask(buckets);
    if (!isKnown) this.#answers.set(call, refusal);
    if (refusal !== undefined) this.limited += 1;
    else for (const bucket of buckets) bucket.pending += 1;
    return refusal;
  }

  /** What was sent is committed. */
  sent(outputs: readonly Message[]): void {
    const now = this.#elapsed();
    for (const { subject } of outputs) for (const bucket of this.#of(subject)) bucket.spend(now);
  }

  #ask(buckets: readonly Bucket[]): string | undefined {
    if (buckets.length === 0) return undefined;
    const now = this.#elapsed();
    for (const bucket of buckets) {
      const wasEmpty = bucket.isEmpty;
      bucket.isEmpty = bucket.level(now) - bucket.pending < 1;
      if (!bucket.isEmpty) continue;
      if (!wasEmpty) this.#tripped(bucket.reason);
      return bucket.reason;
    }
    return undefined;
  }

  #of(subject: string): readonly Bucket[] {
    const known = this.#bySubject.get(subject);
    if (known !== undefined) return known;
    const buckets = this.#buckets.filter(({ subjects }) => covers(subjects, subject));
    if (this.#bySubject.size >= SUBJECTS_REMEMBERED_MAX) this.#bySubject.clear();
    this.#bySubject.set(subject, buckets);
    return buckets;
  }
}
