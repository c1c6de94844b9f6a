// The last words of a guest that breaks its own rules: an index out of range, a failed assertion, `throw`. They stay in
// memory, where the host reads them when the trap reaches it.

/** Where the address of the last words lies, and behind it their length in UTF-16 code units; zeros while all is well. */
export const panic: usize = memory.data(8, 4);

/** What AssemblyScript calls instead of going on. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const reason = message === null ? "abort" : message;
  const where = file === null ? "" : " in " + file + ":" + line.toString() + ":" + column.toString();
  const words = reason + where;
  store<usize>(panic, changetype<usize>(words));
  store<u32>(panic, words.length, 4);
  unreachable();
}
