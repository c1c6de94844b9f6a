import { Level, log } from "./logging";

/**
 * What AssemblyScript calls when the capsule breaks one of its own rules: an index out of range, a failed assertion.
 * The reason goes to the log, and the trap undoes the transition. The build uses it for capsules whose manifest asks
 * for `log`; others trap without a word.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const reason = message === null ? "abort" : message;
  const where = file === null ? "" : " in " + file + ":" + line.toString() + ":" + column.toString();
  log(Level.Critical, "abort", reason + where);
  unreachable();
}
