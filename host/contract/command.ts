/** The header of a message that is an argument of the command that it runs: one for each, in order, the first its own name. */
const ARGUMENT_HEADER = "argument";
/** What the reason begins with by which a command failed that ended by itself; the exit code follows. */
export const EXIT_REASON = "failed: exit code ";

/**
 * The headers of a message that runs a command, for its arguments. The first one is the name that it is run by. Its standard
 * input is the payload, unless it was granted that of the process.
 *
 * @example
 * ```ts
 * const headers = argumentHeaders(["wc", "-l"]); // [["argument", "wc"], ["argument", "-l"]]
 * // await host.publish("run.wc", "one\ntwo\n", { headers });
 * ```
 */
export function argumentHeaders(words: readonly string[]): [name: string, value: string][] {
  // A header has no line breaks, and arguments may.
  return words.map((word) => [ARGUMENT_HEADER, word.replaceAll(/[%\r\n]/g, encodeURIComponent)]);
}

/** The arguments that the headers of a message say. */
export function argumentsIn(headers: readonly (readonly [name: string, value: string])[]): string[] {
  return headers.flatMap(([name, value]) => (name === ARGUMENT_HEADER ? [value.replaceAll(/%(?:25|0D|0A)/g, decodeURIComponent)] : []));
}
