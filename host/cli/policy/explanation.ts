import { POLICY_STEPS_MAX } from "../../contract/limits.ts";
import type { PolicyInput, PolicySource } from "../../contract/policy.ts";
import { nodePlatform } from "../../node.ts";
import { policyDigest } from "../../policy/digest.ts";
import { ASKED, refusalOf } from "../../policy/rego-policy.ts";
import { compilePolicy, type Decision, type DecisionReads, type Value } from "../../policy/rego/index.ts";
import type { RecordedDecision, Verdict } from "./recorded-decision.ts";

/** What one rule answers, and from what. */
export interface Answer {
  /** `data.doteros.deny`. */
  readonly query: string;
  /** Undefined when it has no value, or fails. */
  readonly value: Value | undefined;
  /** Why it fails. */
  readonly failure: string | undefined;
  /** What of input and data it read: `input.resource.key`. */
  readonly reads: readonly string[];
  /** Whether the time or chance went into it. */
  readonly readsOutside: boolean;
}

/** A recorded decision, and what a policy comes to now. */
export interface Explanation {
  readonly recorded: RecordedDecision;
  readonly now: Verdict;
  /** The SHA-256 of the policy that is asked now, in hexadecimal digits. */
  readonly policy: string;
  /** Whether it comes out as it was recorded; undefined when what was recorded is not known. */
  readonly isSame: boolean | undefined;
  readonly answers: readonly Answer[];
  readonly notes: readonly string[];
}

/** Has a policy decide again. */
export function explain(source: PolicySource, recorded: RecordedDecision): Explanation {
  const { input, verdict } = recorded;
  const answers = answersOf(source, input);
  const now = { refusal: refusalIn(input, answers) };
  const isTimeMissed = !recorded.isTimeKnown && answers.some(({ reads, readsOutside }) => readsOutside || reads.some((path) => /^input(?:\.context|$)/.test(path)));
  const notes = isTimeMissed ? [...recorded.notes, "the time that the policy was told then is not recorded, and it reads it"] : recorded.notes;
  const policy = policyDigest(source, nodePlatform.sha256);
  return { recorded, now, policy, answers, notes, isSame: verdict && verdict.refusal === now.refusal };
}

/** What each of the rules that decide answers: both, although `allow` does not matter where something is denied. */
function answersOf(source: PolicySource, input: PolicyInput): Answer[] {
  const { time: told } = input.context as { time?: unknown };
  const time = typeof told === "bigint" || Number.isSafeInteger(told) ? BigInt(told as bigint | number) : 0n;
  const policy = compilePolicy({ ...source, now: () => time, steps: POLICY_STEPS_MAX });
  return [ASKED.deny, ASKED.allow].map((query) => {
    const { value, reads, failure } = attempt(() => policy.prepare(query).decide(input));
    return { query, value, failure, reads: [...pathsOf("input", reads.input), ...pathsOf("data", reads.data)], readsOutside: reads.outside };
  });
}

const NO_READS: DecisionReads = { input: [], data: [], outside: false };

function attempt(work: () => Decision): Decision & { readonly failure: string | undefined } {
  try {
    return { ...work(), failure: undefined };
  } catch (error) {
    return { value: undefined, reads: NO_READS, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** As the host would refuse it: rules that fail refuse, `deny` first. */
function refusalIn(input: PolicyInput, [deny, allow]: readonly Answer[]): string | undefined {
  const refusal = refusalOf(input, deny?.value, allow?.value);
  const isDenied = deny?.failure === undefined && refusal !== undefined && refusalOf(input, deny?.value, true) !== undefined;
  const failure = deny?.failure ?? (isDenied ? undefined : allow?.failure);
  return failure === undefined ? refusal : `the policy failed: ${failure}`;
}

function pathsOf(root: string, paths: DecisionReads["input"]): string[] {
  return paths.map((path) => path.reduce<string>((text, key) => `${text}${stepText(key)}`, root));
}

function stepText(key: Value): string {
  return typeof key === "string" && /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part))}]`;
}
