import type { Policy } from "../contract/capsule-world.ts";
import { DoterosError } from "../contract/error.ts";
import { PAYLOAD_BYTES_MAX, POLICY_PATH_LENGTH_MAX } from "../contract/limits.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import { fault } from "./fault.ts";
import type { Transition } from "./transition.ts";

/** What a byte of an input costs, which is read twice, and one of an answer, in units of fuel. */
const INPUT_BYTE_FUEL = 100;
const ANSWER_BYTE_FUEL = 200;
const PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** Lets a capsule ask the policy that it carries. */
export function policy(transition: Transition, rules: CapsuleRules): Policy {
  return {
    evaluate(path, input) {
      transition.mustBeOpen();
      if (path.length > POLICY_PATH_LENGTH_MAX || !PATH.test(path)) fault("invalid", "the path is no rule's: it is names with dots between them, such as app.allow");
      if (input.length > PAYLOAD_BYTES_MAX) fault("limit", `the input has ${input.length} bytes, more than ${PAYLOAD_BYTES_MAX}`);
      transition.charge(input.length * INPUT_BYTE_FUEL);
      const text = decided(rules, path, textOf(input), transition);
      if (text === undefined) return undefined;
      const bytes = new TextEncoder().encode(text);
      transition.charge(bytes.length * ANSWER_BYTE_FUEL);
      if (bytes.length > PAYLOAD_BYTES_MAX) fault("limit", `what the policy decides has ${bytes.length} bytes, more than ${PAYLOAD_BYTES_MAX}`);
      return bytes;
    },
  };
}

/** The input as text that is JSON. @throws ComponentError the fault `invalid` */
function textOf(input: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(input);
    JSON.parse(text);
    return text;
  } catch {
    fault("invalid", "the input is no JSON document");
  }
}

function decided(rules: CapsuleRules, path: string, input: string, transition: Transition): string | undefined {
  try {
    return rules.evaluate(path, input, transition);
  } catch (error) {
    if (!(error instanceof DoterosError) || error.code === "fuel-exhausted") throw error;
    if (error.code === "limit-exceeded") fault("limit", error.message);
    fault(error.code === "invalid-policy" ? "invalid" : "failed", error.message);
  }
}
