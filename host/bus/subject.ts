import { DoterosError } from "../contract/error.ts";
import { SUBJECT_BYTES_MAX } from "../contract/limits.ts";

/** Subjects as most are: tokens of printable ASCII. The longest subject there may be still fits into its bytes. */
const PLAIN = /^[!-)+\-,/-=?-~]+(?:\.[!-)+\-,/-=?-~]+)*$/;
/** What no token may hold: what does not print, what separates, and halves of a surrogate pair. */
const ILLEGAL = /[\s\p{Cc}\p{Cs}]/u;

/** Why `subject` is not a subject, as the end of a sentence, or undefined when it is one. */
export function subjectProblem(subject: string): string | undefined {
  if (subject.length <= SUBJECT_BYTES_MAX && PLAIN.test(subject)) return undefined;
  return tokensProblem(subject) ?? (/[*>]/.test(subject) ? "holds * or >, which only patterns may" : undefined);
}

/** Why `pattern` is not a pattern, as the end of a sentence, or undefined when it is one. */
export function patternProblem(pattern: string): string | undefined {
  const problem = tokensProblem(pattern);
  if (problem !== undefined) return problem;
  const tokens = pattern.split(".");
  for (const [at, token] of tokens.entries()) {
    if (token.length > 1 && /[*>]/.test(token)) return `has ${token[0] === ">" ? ">" : "* or >"} beside other characters in a token`;
    if (token === ">" && at < tokens.length - 1) return "has > before its last token";
  }
  return undefined;
}

/** @throws DoterosError `invalid-subject` */
export function checkSubject(subject: string): void {
  const problem = subjectProblem(subject);
  if (problem === undefined) return;
  throw new DoterosError("invalid-subject", `the subject ${JSON.stringify(subject)} ${problem}`, {
    help: "a subject is tokens joined by dots, such as readings.seattle",
  });
}

/** @throws DoterosError `invalid-subject` */
export function checkPattern(pattern: string): void {
  const problem = patternProblem(pattern);
  if (problem === undefined) return;
  throw new DoterosError("invalid-subject", `the pattern ${JSON.stringify(pattern)} ${problem}`, {
    help: "a pattern is tokens joined by dots; * stands for one token and > at the end for one or more: readings.*, alerts.>",
  });
}

/**
 * Whether every subject that matches the pattern `narrow` matches the pattern `wide` too. A subject is a pattern that
 * only itself matches.
 *
 * @example
 * ```ts
 * covers("alerts.>", "alerts.heat.*"); // true
 * covers("alerts.*", "alerts.>"); // false: alerts.heat.now matches only the second
 * ```
 */
export function covers(wide: string, narrow: string): boolean {
  const outer = wide.split(".");
  const inner = narrow.split(".");
  for (const [at, token] of outer.entries()) {
    const other = inner[at];
    if (other === undefined) return false;
    if (token === ">") return true;
    if (other === ">" || (token !== "*" && token !== other)) return false;
  }
  return outer.length === inner.length;
}

function tokensProblem(text: string): string | undefined {
  if (text === "") return "is empty";
  if (text.length > SUBJECT_BYTES_MAX || new TextEncoder().encode(text).length > SUBJECT_BYTES_MAX) {
    return `has more than ${SUBJECT_BYTES_MAX} bytes`;
  }
  if (text.split(".").includes("")) return "has an empty token: one dot stands between two tokens";
  return ILLEGAL.test(text) ? "holds a space or a character that does not print" : undefined;
}
