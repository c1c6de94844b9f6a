import { covers, subjectProblem } from "../bus/subject.ts";
import { SUBJECTS_REMEMBERED_MAX } from "../contract/limits.ts";
import { fault } from "./fault.ts";

/** Shared by all that have allowed nothing yet. */
const NONE: Set<string> = new Set();

/** Which subjects a capsule may send to. Subjects that were right once are remembered. */
export class Permission {
  readonly #verb: string;
  readonly #patterns: readonly string[];
  #allowed = NONE;

  /**
   * @param verb what the capsule may do, for the reason it is given: `publish`
   * @param patterns the subjects it may do it to
   */
  constructor(verb: string, patterns: readonly string[]) {
    this.#verb = verb;
    this.#patterns = patterns;
  }

  /** @throws ComponentError the fault `invalid` when `subject` is none, `denied` when it is not allowed */
  check(subject: string): void {
    if (!this.#allowed.has(subject)) this.#learn(subject);
  }

  #learn(subject: string): void {
    const problem = subjectProblem(subject);
    if (problem !== undefined) fault("invalid", `the subject ${JSON.stringify(subject.slice(0, 300))} ${problem}`);
    if (!this.#patterns.some((pattern) => covers(pattern, subject))) fault("denied", this.#refusal(subject));
    if (this.#allowed.size >= SUBJECTS_REMEMBERED_MAX) this.#allowed.clear();
    if (this.#allowed === NONE) this.#allowed = new Set();
    this.#allowed.add(subject);
  }

  #refusal(subject: string): string {
    const allowed = this.#patterns.length === 0 ? "nothing" : this.#patterns.join(", ");
    return `it may not ${this.#verb} to ${subject}; it may to ${allowed}`;
  }
}
