import { bytesOf, textOf } from "./bytes";
import { ANSWER, hasFault } from "./fault";
import { addressOf, bytesAt, wellFormed } from "./memory";

// Decisions of the policy that the capsule carries, for capsules that enforce rules of their own.

@external("doteros:capsule/policy@0.1.0", "evaluate")
declare function policyEvaluate(path: usize, pathLength: usize, input: usize, inputLength: usize, answer: usize): void;

/**
 * The JSON document that the rule at `path` (such as `app.allow`) decides for `input`, a JSON document; null when the rule
 * is undefined for it, or after a fault.
 */
export function evaluate(path: string, input: Uint8Array): Uint8Array | null {
  if (hasFault()) return null;
  const rule = wellFormed(path);
  policyEvaluate(addressOf(rule), rule.length, input.dataStart, input.byteLength, ANSWER);
  if (hasFault() || load<u8>(ANSWER, 4) == 0) return null;
  return bytesAt(load<usize>(ANSWER, 8), load<usize>(ANSWER, 12));
}

/** Whether the rule at `path` decides `true` for `input`, a JSON text: undefined means no. */
export function allows(path: string, input: string): bool {
  const decision = evaluate(path, bytesOf(input));
  return decision !== null && textOf(decision) == "true";
}
