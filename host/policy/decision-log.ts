import type { DecisionEvent } from "../contract/decision.ts";
import type { Platform } from "../contract/platform.ts";
import type { Policy, PolicyDecision, PolicyInput } from "../contract/policy.ts";

/** What a decision log stands between. */
export interface DecisionLogOptions {
  readonly platform: Pick<Platform, "elapsed" | "random">;
  /** Gets each event, and the same as JSON text. */
  readonly tell: (event: DecisionEvent, text: string) => void;
  /** Told what `tell` throws. */
  readonly report: (error: unknown) => void;
  /** The UUID of the host. Default: a new one. */
  readonly id?: string;
}

/** Tells the decisions of a host's policies, each with what the policy that made it hides. */
export class DecisionLog {
  readonly #options: DecisionLogOptions;
  readonly #labels: DecisionEvent["labels"];

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    this.#labels = { id: options.id ?? uuid(options.platform.random(UUID_BYTES)) };
  }

  /** The UUID of the host, which is in all events. */
  get id(): string {
    return this.#labels.id;
  }

  /** Has the policy decide, and tells that. */
  decide(policy: Policy, input: PolicyInput): PolicyDecision {
    const { elapsed } = this.#options.platform;
    const began = elapsed();
    const decision = policy.decide(input);
    this.#tell(policy, input, { ...answerOf(decision), metrics: { timer_rego_query_eval_ns: Math.round(elapsed() - began) } });
    return decision;
  }

  /** Tells a decision that was made before. */
  repeated(policy: Policy, input: PolicyInput, decision: PolicyDecision): void {
    this.#tell(policy, input, answerOf(decision));
  }

  /** Tells a refusal that the policy was not asked about. */
  unasked(policy: Policy, input: PolicyInput, message: string): void {
    this.#tell(policy, input, { error: { code: "limit-exceeded", message } });
  }

  /** Tells an event that another log made, for the same host. */
  relay(event: DecisionEvent, text: string): void {
    const { tell, report } = this.#options;
    try {
      tell(event, text);
    } catch (error) {
      report(error);
    }
  }

  #tell(policy: Policy, input: PolicyInput, answer: Pick<DecisionEvent, "result" | "error" | "metrics">): void {
    const { platform } = this.#options;
    const { event, text } = policy.masked({
      decision_id: uuid(platform.random(UUID_BYTES)),
      timestamp: timestampOf(input.context.time),
      labels: this.#labels,
      bundles: { policy: { revision: policy.digest } },
      path: "doteros",
      input,
      ...answer,
    });
    this.relay(event, text);
  }
}

function answerOf({ result, error }: PolicyDecision): Pick<DecisionEvent, "result" | "error"> {
  return { ...(result === undefined ? {} : { result }), ...(error === undefined ? {} : { error }) };
}

const UUID_BYTES = 16;

/** Random bytes as a UUID of version 4. */
function uuid(bytes: Uint8Array): string {
  const own = new Uint8Array(bytes);
  own[6] = ((own[6] as number) & 0x0f) | 0x40;
  own[8] = ((own[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const MILLISECOND_DIGITS = 6;

/** A time in nanoseconds since 1970 as RFC 3339 has it. */
function timestampOf(time: bigint): string {
  const iso = new Date(Number(time / NANOSECONDS_PER_MILLISECOND)).toISOString();
  return `${iso.slice(0, -1)}${String(time % NANOSECONDS_PER_MILLISECOND).padStart(MILLISECOND_DIGITS, "0")}Z`;
}
