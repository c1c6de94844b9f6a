import type { PolicyInput } from "../../contract/policy.ts";

/** What came of a decision. */
export interface Verdict {
  /** Why not; undefined when it was allowed. */
  readonly refusal: string | undefined;
}

/** A decision as it was recorded, in a decision log or a ledger. */
export interface RecordedDecision {
  /** Where it stands: a file and line, an entry. */
  readonly where: string;
  readonly input: PolicyInput;
  /** What came of it; undefined where that was masked. */
  readonly verdict: Verdict | undefined;
  /** The SHA-256 of the policy that came to it, in hexadecimal digits; undefined when that is not known. */
  readonly policy: string | undefined;
  /** Whether the time in the input is the one that the policy was told. */
  readonly isTimeKnown: boolean;
  /** What of it is not as it was, and may make a difference. */
  readonly notes: readonly string[];
}
