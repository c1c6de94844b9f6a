import { POLICY_REASON_LENGTH_MAX, POLICY_STEPS_MAX } from "../contract/limits.ts";
import type { Policy, PolicyDecision, PolicyInput, PolicySource } from "../contract/policy.ts";
import { compilePolicy, type Decision, type DecisionReads, type PreparedQuery, type Value } from "./rego/index.ts";

/**
 * An operator's policy in Rego: `data.doteros.allow` must be true, and `data.doteros.deny`, a set of reasons, must be empty.
 * Whatever has no answer, or fails, is refused.
 *
 * @throws PolicyError with every mistake in the modules
 */
export function regoPolicy({ modules, data }: PolicySource, random: (length: number) => Uint8Array): Policy {
  let time = 0n;
  const options = { now: () => time, random: (bytes: Uint8Array) => bytes.set(random(bytes.length)), steps: POLICY_STEPS_MAX };
  const policy = compilePolicy({ modules, ...(data === undefined ? {} : { data }), ...options });
  const allow = policy.prepare("data.doteros.allow");
  const deny = policy.prepare("data.doteros.deny");
  return {
    decide(input) {
      ({ time } = input.context);
      return decide(allow, deny, input);
    },
  };
}

function decide(allow: PreparedQuery, deny: PreparedQuery, input: PolicyInput): PolicyDecision {
  try {
    const denied = deny.decide(input);
    const reasons = reasonsOf(denied.value);
    if (reasons.length > 0) return decision(reasons.join("; "), denied);
    const allowed = allow.decide(input);
    return decision(allowed.value === true ? undefined : `the policy does not allow ${input.operation}${named(input)}`, denied, allowed);
  } catch (error) {
    // What it had read is not known: the next attempt asks again.
    const what = error instanceof Error ? error.message : String(error);
    return { refusal: cut(`the policy failed: ${what}`), readsResource: true, readsMoment: true };
  }
}

function decision(refusal: string | undefined, ...decisions: readonly Decision[]): PolicyDecision {
  const reads = decisions.map((one) => one.reads);
  return {
    refusal: refusal === undefined ? undefined : cut(refusal),
    // A refusal without a reason of the policy's own names the resource.
    readsResource: (refusal !== undefined && decisions.length > 1) || reads.some((read) => isRead(read, "resource")),
    readsMoment: reads.some((read) => read.outside || isRead(read, "context")),
  };
}

/** Whether the field of the input, or the whole of it, was read. */
function isRead({ input }: DecisionReads, field: keyof PolicyInput): boolean {
  return input.some(([first]) => first === undefined || first === field);
}

/** The reasons of a `deny`; something that is no set of texts is a reason all the same. */
function reasonsOf(value: Value | undefined): string[] {
  if (value === undefined || value === false) return [];
  const all = Array.isArray(value) ? (value as readonly Value[]) : [value];
  return all.map((reason) => (typeof reason === "string" ? reason : JSON.stringify(reason, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part))));
}

function named({ resource }: PolicyInput): string {
  const texts = Object.values(resource);
  return texts.length === 0 ? "" : ` ${texts.join(" to ")}`;
}

/** A reason goes into entries of the ledger and headers of messages. */
function cut(reason: string): string {
  const text = reason.length <= POLICY_REASON_LENGTH_MAX ? reason : `${reason.slice(0, POLICY_REASON_LENGTH_MAX)}…`;
  return text.toWellFormed();
}
