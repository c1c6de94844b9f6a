import { POLICY_DECISIONS_REMEMBERED_MAX, POLICY_MOMENTARY_DECISIONS_MAX, POLICY_RESOURCE_LENGTH_MAX } from "../contract/limits.ts";
import type { Guard, Operation, Policy, PolicyCapsule } from "../contract/policy.ts";
import { resourceOf } from "./resource.ts";

/** The policy in force, which may be replaced at any time between two calls of capsules. */
export class Enforcement {
  /** Undefined: everything that was granted is allowed. */
  policy: Policy | undefined;
  readonly #now: () => bigint;

  /** @param now the time in nanoseconds since 1970 */
  constructor(policy: Policy | undefined, now: () => bigint) {
    this.policy = policy;
    this.#now = now;
  }

  /** What stands before the calls of a capsule. */
  guard(capsule: PolicyCapsule): Guard {
    return new PolicyGuard(this, capsule, this.#now);
  }
}

/** What is remembered of the decisions about one operation. */
interface Remembered {
  /** The decision whatever the resource; undefined when it is not known, null when it is allowed. */
  always: string | null | undefined;
  /** The decisions that read the resource, by its text. */
  readonly byResource: Map<string, string | null>;
}

/** Asks the policy in force, and remembers what it said for as long as that holds. */
class PolicyGuard implements Guard {
  readonly #enforcement: Enforcement;
  readonly #capsule: PolicyCapsule;
  readonly #now: () => bigint;
  /** The policy that what is remembered is from. */
  #policy: Policy | undefined;
  #remembered = new Map<Operation, Remembered>();
  /** Decisions that hold for this attempt alone, by operation and resource. */
  readonly #momentary = new Map<string, string | null>();
  #time: bigint | undefined;

  constructor(enforcement: Enforcement, capsule: PolicyCapsule, now: () => bigint) {
    this.#enforcement = enforcement;
    this.#capsule = capsule;
    this.#now = now;
  }

  begin(): void {
    if (this.#time === undefined) return;
    this.#time = undefined;
    this.#momentary.clear();
  }

  refusal(operation: Operation, resource: string): string | undefined {
    if (this.#policy !== this.#enforcement.policy) this.#renew();
    if (this.#policy === undefined) return undefined;
    const remembered = this.#remembered.get(operation);
    if (remembered !== undefined) {
      const known = remembered.always === undefined ? remembered.byResource.get(resource) : remembered.always;
      if (known !== undefined) return known ?? undefined;
    }
    return this.#decide(this.#policy, operation, resource);
  }

  #renew(): void {
    this.#policy = this.#enforcement.policy;
    this.#remembered = new Map();
    this.#momentary.clear();
  }

  #decide(policy: Policy, operation: Operation, resource: string): string | undefined {
    if (resource.length > POLICY_RESOURCE_LENGTH_MAX) return `the policy is not asked about more than ${POLICY_RESOURCE_LENGTH_MAX} characters`;
    const moment = `${operation} ${resource}`;
    const known = this.#momentary.get(moment);
    if (known !== undefined) return known ?? undefined;
    this.#time ??= this.#now();
    const input = { capsule: this.#capsule, operation, resource: resourceOf(operation, resource), context: { time: this.#time } };
    const { refusal, readsResource, readsMoment } = policy.decide(input);
    if (!readsMoment) this.#remember(operation, resource, refusal ?? null, readsResource);
    else if (this.#momentary.size < POLICY_MOMENTARY_DECISIONS_MAX) this.#momentary.set(moment, refusal ?? null);
    else return `the policy read the time for ${POLICY_MOMENTARY_DECISIONS_MAX} decisions about one message already`;
    return refusal;
  }

  #remember(operation: Operation, resource: string, decision: string | null, readsResource: boolean): void {
    let remembered = this.#remembered.get(operation);
    if (remembered === undefined) this.#remembered.set(operation, (remembered = { always: undefined, byResource: new Map() }));
    if (!readsResource) {
      remembered.always = decision;
      return;
    }
    if (remembered.byResource.size >= POLICY_DECISIONS_REMEMBERED_MAX) remembered.byResource.clear();
    remembered.byResource.set(resource, decision);
  }
}
