import { POLICY_DECISIONS_REMEMBERED_MAX, POLICY_MOMENTARY_DECISIONS_MAX, POLICY_RESOURCE_LENGTH_MAX } from "../contract/limits.ts";
import type { Guard, Operation, Policy, PolicyCapsule, PolicyDecision, PolicyInput } from "../contract/policy.ts";
import type { DecisionLog } from "./decision-log.ts";
import { recordedResource, resourceOf, resourceOfPart } from "./resource.ts";

/** The policy in force, which may be replaced at any time between two calls of capsules. */
export class Enforcement {
  /** Undefined: everything that was granted is allowed. */
  policy: Policy | undefined;
  readonly now: () => bigint;
  readonly log: DecisionLog | undefined;

  /**
   * @param now the time in nanoseconds since 1970
   * @param log told what is decided; undefined when nobody wants to know
   */
  constructor(policy: Policy | undefined, now: () => bigint, log?: DecisionLog) {
    this.policy = policy;
    this.now = now;
    this.log = log;
  }

  /** What stands before the calls of a capsule. */
  guard(capsule: PolicyCapsule): Guard {
    return new PolicyGuard(this, capsule);
  }
}

/** What is remembered of the decisions about one operation. */
interface Remembered {
  /** The decision whatever the resource; undefined when it is not known. */
  always: PolicyDecision | undefined;
  /** The decisions that read the resource, by its text. */
  readonly byResource: Map<string, PolicyDecision>;
}

// What is empty is shared, until there is something to put in: there may be 10,000 guards, and most hosts have no policy.
const NOTHING_REMEMBERED = new Map<Operation, Remembered>();
const NO_DECISIONS = new Map<string, PolicyDecision>();
const NOTHING_TOLD = new Set<string>();

/** Asks the policy in force, and remembers what it said for as long as that holds. */
class PolicyGuard implements Guard {
  readonly #enforcement: Enforcement;
  readonly #capsule: PolicyCapsule;
  /** The policy that what is remembered is from. */
  #policy: Policy | undefined;
  #remembered = NOTHING_REMEMBERED;
  /** Decisions that hold for this attempt alone, by operation and resource. */
  #momentary = NO_DECISIONS;
  /** What was refused in this attempt and is in the log, by operation and resource. */
  #told = NOTHING_TOLD;
  #time: bigint | undefined;

  constructor(enforcement: Enforcement, capsule: PolicyCapsule) {
    this.#enforcement = enforcement;
    this.#capsule = capsule;
  }

  begin(): void {
    if (this.#time === undefined) return;
    this.#time = undefined;
    this.#momentary.clear();
    this.#told.clear();
  }

  refusal(operation: Operation, resource: string): string | undefined {
    if (this.#policy !== this.#enforcement.policy) this.#renew();
    if (this.#policy === undefined) return undefined;
    const remembered = this.#remembered.get(operation);
    if (remembered !== undefined) {
      const known = remembered.always ?? remembered.byResource.get(resource);
      if (known !== undefined) return known.refusal === undefined ? undefined : this.#again(this.#policy, operation, resource, known);
    }
    return this.#decide(this.#policy, operation, resource);
  }

  #renew(): void {
    this.#policy = this.#enforcement.policy;
    this.#remembered = new Map();
    this.#momentary = new Map();
    this.#told = new Set();
  }

  #decide(policy: Policy, operation: Operation, resource: string): string | undefined {
    if (resource.length > POLICY_RESOURCE_LENGTH_MAX) {
      return this.#unasked(policy, operation, resource, `the policy is not asked about more than ${POLICY_RESOURCE_LENGTH_MAX} characters`);
    }
    const moment = `${operation} ${resource}`;
    const known = this.#momentary.get(moment);
    if (known !== undefined) return this.#again(policy, operation, resource, known);
    const { log } = this.#enforcement;
    const input = this.#input(operation, resourceOf(operation, resource));
    const decision = log === undefined ? policy.decide(input) : log.decide(policy, input);
    if (log !== undefined && decision.refusal !== undefined) this.#told.add(moment);
    if (!decision.readsMoment) this.#remember(operation, resource, decision);
    else if (this.#momentary.size < POLICY_MOMENTARY_DECISIONS_MAX) this.#momentary.set(moment, decision);
    else return this.#unasked(policy, operation, resource, `the policy read the time for ${POLICY_MOMENTARY_DECISIONS_MAX} decisions about one message already`);
    return decision.refusal;
  }

  #input(operation: Operation, resource: PolicyInput["resource"]): PolicyInput {
    this.#time ??= this.#enforcement.now();
    return { capsule: this.#capsule, operation, resource, context: { time: this.#time } };
  }

  #remember(operation: Operation, resource: string, decision: PolicyDecision): void {
    let remembered = this.#remembered.get(operation);
    if (remembered === undefined) this.#remembered.set(operation, (remembered = { always: undefined, byResource: new Map() }));
    if (!decision.readsResource) {
      remembered.always = decision;
      return;
    }
    if (remembered.byResource.size >= POLICY_DECISIONS_REMEMBERED_MAX) remembered.byResource.clear();
    remembered.byResource.set(resource, decision);
  }

  /** A decision that is known. A refusal is told once for each attempt: a capsule may run into it as often as it likes. */
  #again(policy: Policy, operation: Operation, resource: string, decision: PolicyDecision): string | undefined {
    const { log } = this.#enforcement;
    if (log !== undefined && decision.refusal !== undefined && this.#isNew(operation, resource)) {
      log.repeated(policy, this.#input(operation, resourceOf(operation, resource)), decision);
    }
    return decision.refusal;
  }

  /** A refusal of the host's own. */
  #unasked(policy: Policy, operation: Operation, whole: string, reason: string): string {
    const { log } = this.#enforcement;
    const resource = recordedResource(whole);
    if (log !== undefined && this.#isNew(operation, resource)) {
      log.unasked(policy, this.#input(operation, resourceOfPart(operation, resource)), reason);
    }
    return reason;
  }

  #isNew(operation: Operation, resource: string): boolean {
    const call = `${operation} ${resource}`;
    if (this.#told.has(call)) return false;
    this.#told.add(call);
    return true;
  }
}
