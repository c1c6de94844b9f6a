import { DoterosError } from "../contract/error.ts";

/** Why there is no instance, where the engine had no memory for it even after others were put to sleep. */
export function noRoom(cause: unknown): DoterosError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new DoterosError("memory-exhausted", `there is no room for one more instance: ${what}`, {
    cause,
    help: "unload a capsule, or let fewer be awake: sleep.awakeMax; those that have an instance go on",
  });
}
