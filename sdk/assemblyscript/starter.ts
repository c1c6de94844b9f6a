import { ANSWER, beginOutcome } from "./fault";
import { endArena } from "./memory";

/** Begins a call of `starter.start`. */
export function begin(): void {
  beginOutcome();
}

/** Ends the call: where the host finds its outcome. */
export function end(): usize {
  endArena();
  return ANSWER;
}
