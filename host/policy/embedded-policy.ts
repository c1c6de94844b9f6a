import { POLICY_STEPS_MAX } from "../contract/limits.ts";
import type { CapsuleRules, Moment } from "../contract/policy.ts";
import { compilePolicy } from "./rego/index.ts";
import { parseJson } from "./rego/value/json.ts";
import { toJsonText } from "./rego/value/text.ts";

/** What a step of an evaluation costs, in units of fuel. Measured: about as many nanoseconds. */
const FUEL_PER_STEP = 40;

/**
 * The policy that a capsule carries. It is the capsule's own: nothing outside of the component and the moment of the
 * transition goes into what it says.
 *
 * @param text a module; undefined for a capsule that has none, whose rules are all undefined
 * @throws PolicyError with every mistake in it
 */
export function embeddedPolicy(text: string | undefined): CapsuleRules {
  let moment: Moment | undefined;
  const policy = compilePolicy({
    modules: text === undefined ? {} : { "policy.rego": text },
    now: () => moment?.time() ?? 0n,
    random: (bytes) => bytes.set(moment?.random(bytes.length) ?? []),
    steps: POLICY_STEPS_MAX,
    spent: (steps) => moment?.charge(steps * FUEL_PER_STEP),
  });
  return {
    evaluate(path, input, at) {
      moment = at;
      const value = policy.evaluate(`data.${path}`, parseJson(input));
      return value === undefined ? undefined : toJsonText(value);
    },
  };
}
