import type { Context } from "../contract/capsule-world.ts";
import { DoterosError } from "../contract/error.ts";
import { RANDOM_BYTES_MAX } from "../contract/limits.ts";
import type { Transition } from "./transition.ts";

/** Tells a capsule what the host fixed for the transition. */
export function context(transition: Transition): Context {
  return {
    time: () => transition.time(),
    random(length) {
      if (length > RANDOM_BYTES_MAX) throw new DoterosError("trap", `context.random gives ${RANDOM_BYTES_MAX} bytes at most, not ${length}`);
      return transition.random(length);
    },
    index() {
      transition.mustTell("context.index");
      return BigInt(transition.index);
    },
    identify() {
      transition.mustTell("context.identify");
      return transition.identity;
    },
    config(key) {
      transition.mustTell("context.config");
      return transition.config.get(key);
    },
  };
}
