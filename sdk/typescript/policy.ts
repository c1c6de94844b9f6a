import { evaluate as hostEvaluate } from "doteros:capsule/policy@0.1.0";
import { bytesOf, textOf } from "./bytes.ts";
import { answerOf } from "./fault.ts";
import { soundBytes, soundText } from "./sound.ts";

// Decisions of the policy that the capsule carries, for capsules that enforce rules of their own.

/**
 * The JSON document that the rule at `path` (such as `app.allow`) decides for `input`, a JSON document; undefined when the
 * rule is undefined for it.
 *
 * @throws Fault when it is refused
 */
export function evaluate(path: string, input: Uint8Array): Uint8Array | undefined {
  return answerOf(() => hostEvaluate(soundText(path, "the path"), soundBytes(input, "the input"))) ?? undefined;
}

/** Whether the rule at `path` decides `true` for `input`, a JSON text: undefined means no. @throws Fault when it is refused */
export function allows(path: string, input: string): boolean {
  const decision = evaluate(path, bytesOf(input));
  return decision !== undefined && textOf(decision) === "true";
}
