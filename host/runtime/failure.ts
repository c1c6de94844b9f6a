import { ComponentError, DoterosError, type ErrorCode } from "../contract/error.ts";
import type { Fault } from "../contract/message.ts";
import { trapReason } from "./trap-words.ts";

/** Why an attempt at a transition failed. */
export interface Failure {
  readonly code: ErrorCode;
  /** In words. */
  readonly reason: string;
  /** The error to tell the host's user beside dead-lettering the message: the host's own fault, not the capsule's. */
  readonly bug: DoterosError | undefined;
}

/** What a capsule ends by on its own account: anything else that it is ended by is a bug of the host's. */
const OWN_ENDS: ReadonlySet<ErrorCode> = new Set(["trap", "fuel-exhausted", "stack-exhausted", "memory-exhausted", "limit-exceeded"]);

/** What a call of a capsule threw, as a failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ComponentError) {
    // A capsule's exports are checked when it is loaded: they answer with nothing else.
    const { tag, val } = error.payload as Fault;
    return { code: "capsule-fault", reason: `${tag}: ${val}`, bug: undefined };
  }
  if (error instanceof DoterosError && OWN_ENDS.has(error.code)) return { code: error.code, reason: trapReason(error), bug: undefined };
  return bugOf("a capability of the host", error);
}

/** Something that must not happen: an error of the host's own. */
function bugOf(where: string, cause: unknown): Failure {
  const reason = `${where} failed: ${cause instanceof Error ? cause.message : String(cause)}`;
  const bug = new DoterosError("internal", reason, { cause, help: "this is a bug in doteros-wasm or in the store or the functions it was given; if it is in doteros-wasm, please report it" });
  return { code: "internal", reason, bug };
}
