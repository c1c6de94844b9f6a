import type { DecisionEvent } from "../contract/decision.ts";
import { DoterosError } from "../contract/error.ts";
import { POLICY_REASON_LENGTH_MAX, POLICY_STEPS_MAX } from "../contract/limits.ts";
import type { Platform } from "../contract/platform.ts";
import type { Policy, PolicyDecision, PolicyInput, PolicySource } from "../contract/policy.ts";
import { policyDigest } from "./digest.ts";
import { maskEvent } from "./mask.ts";
import { compilePolicy, type Decision, type DecisionReads, type PreparedQuery, type Value } from "./rego/index.ts";
import { parseJson } from "./rego/value/json.ts";
import { toJsonText } from "./rego/value/text.ts";

/** The rules that are asked, the second one only when the first one denies nothing. */
export const ASKED = { deny: "data.doteros.deny", allow: "data.doteros.allow" } as const;

/**
 * An operator's policy in Rego: `data.doteros.allow` must be true, and `data.doteros.deny`, a set of reasons, must be empty.
 * Whatever has no answer, or fails, is refused. `data.system.log.mask` says what the log of decisions may not hold.
 *
 * @throws PolicyError with every mistake in the modules
 */
export function regoPolicy(source: PolicySource, { random, sha256 }: Pick<Platform, "random" | "sha256">): Policy {
  const { modules, data } = source;
  const texts = { ...modules };
  let time = 0n;
  const options = { now: () => time, random: (bytes: Uint8Array) => bytes.set(random(bytes.length)), steps: POLICY_STEPS_MAX };
  const policy = compilePolicy({ modules, ...(data === undefined ? {} : { data }), ...options });
  const allow = policy.prepare(ASKED.allow);
  const deny = policy.prepare(ASKED.deny);
  const mask = policy.prepare("data.system.log.mask");
  return {
    digest: policyDigest(source, sha256),
    source: () => toJsonText({ data: policy.data, modules: texts }),
    decide(input) {
      ({ time } = input.context);
      return decide(allow, deny, input);
    },
    masked(whole) {
      const event = masked(mask, whole);
      return { event, text: toJsonText(event as unknown as Value) };
    },
  };
}

/** The policy whose {@link Policy.source} the text is. @throws as {@link regoPolicy} */
export function policyOfText(text: string, platform: Pick<Platform, "random" | "sha256">): Policy {
  return regoPolicy(parseJson(text) as unknown as PolicySource, platform);
}

/** Masks that fail hide everything, and what they fail with is not told: it may be a part of what they are to hide. */
function masked(mask: PreparedQuery, event: DecisionEvent): DecisionEvent {
  try {
    return maskEvent(event, mask.evaluate(event));
  } catch (error) {
    const { input: _input, result: _result, ...rest } = event;
    const code = error instanceof DoterosError ? error.code : "internal";
    return { ...rest, erased: ["/input", "/result"], error: { code, message: "data.system.log.mask failed, or is no set of masks: input and result are left out" } };
  }
}

function decide(allow: PreparedQuery, deny: PreparedQuery, input: PolicyInput): PolicyDecision {
  try {
    const denied = deny.decide(input);
    const allowed = reasonsOf(denied.value).length > 0 ? undefined : allow.decide(input);
    return decision(input, denied, allowed);
  } catch (error) {
    // What it had read is not known: the next attempt asks again.
    const message = cut(`the policy failed: ${error instanceof Error ? error.message : String(error)}`);
    const code = error instanceof DoterosError ? error.code : "internal";
    return { refusal: message, readsResource: true, readsMoment: true, result: undefined, error: { code, message } };
  }
}

function decision(input: PolicyInput, denied: Decision, allowed: Decision | undefined): PolicyDecision {
  const reads = allowed === undefined ? [denied.reads] : [denied.reads, allowed.reads];
  const refusal = refusalOf(input, denied.value, allowed?.value);
  return {
    refusal,
    // A refusal without a reason of the policy's own names the resource.
    readsResource: (refusal !== undefined && allowed !== undefined) || reads.some((read) => isRead(read, "resource")),
    readsMoment: reads.some((read) => read.outside || isRead(read, "context")),
    result: { ...answered("deny", denied), ...answered("allow", allowed) },
  };
}

/** Why what was asked about is refused, by what the rules answered; undefined when it is not. */
export function refusalOf(input: PolicyInput, deny: Value | undefined, allow: Value | undefined): string | undefined {
  const reasons = reasonsOf(deny);
  if (reasons.length > 0) return cut(reasons.join("; "));
  return allow === true ? undefined : cut(`the policy does not allow ${input.operation}${named(input)}`);
}

function answered(name: "deny" | "allow", decided: Decision | undefined): PolicyDecision["result"] {
  return decided?.value === undefined ? {} : { [name]: decided.value };
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
