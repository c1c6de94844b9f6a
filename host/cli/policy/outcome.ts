import { DoterosError } from "../../contract/error.ts";
import type { PolicySource } from "../../contract/policy.ts";
import { type Explanation, type Policy, Trace } from "../../policy/rego/index.ts";
import { compile } from "../policy-file.ts";
import { explained } from "./trace-text.ts";
import type { Test } from "./find-tests.ts";

/** What came of a test. */
export interface Outcome extends Test {
  readonly result: "pass" | "fail" | "skip" | "error";
  /** Why there was an error. */
  readonly message?: string;
  /** What `print` said in a test that did not pass. */
  readonly printed?: readonly string[];
  /** What happened in a test that did not pass. */
  readonly trace?: readonly string[];
}

/** Runs a test. */
export function outcomeOf(policy: Policy, test: Test): Outcome {
  if (test.skipped) return { ...test, result: "skip" };
  try {
    return { ...test, result: policy.evaluate(test.name) === true ? "pass" : "fail" };
  } catch (error) {
    if (!(error instanceof DoterosError) || error.code === "internal") throw error;
    return { ...test, result: "error", message: error.message };
  }
}

/** Runs tests that did not pass once more, watched: those that pass are not slowed down by it. */
export class Witness {
  readonly #source: PolicySource;
  readonly #what: Explanation;
  readonly #trace = new Trace();
  #printed: string[] = [];
  #policy: Policy | undefined;

  constructor(source: PolicySource, what: Explanation) {
    this.#source = source;
    this.#what = what;
  }

  /** The outcome with what was printed, and what happened. */
  watch(outcome: Outcome): Outcome {
    if (outcome.result !== "fail" && outcome.result !== "error") return outcome;
    this.#policy ??= compile({ ...this.#source, probe: this.#trace, print: (line) => this.#printed.push(line) });
    this.#trace.clear();
    this.#printed = [];
    outcomeOf(this.#policy, outcome);
    const trace = explained(this.#trace, this.#what);
    return { ...outcome, ...(this.#printed.length === 0 ? {} : { printed: this.#printed }), ...(trace.length === 0 ? {} : { trace }) };
  }
}
