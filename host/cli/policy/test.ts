import { DoterosError } from "../../contract/error.ts";
import { Coverage, type CoverageReport } from "../../policy/rego/index.ts";
import type { Arguments } from "../arguments.ts";
import { compile } from "../policy-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { coverageText, percent } from "./coverage-text.ts";
import { explanationOf } from "./trace-text.ts";
import { pathsOf, policyFiles, readFiles } from "./files.ts";
import { findTests } from "./find-tests.ts";
import { type Outcome, outcomeOf, Witness } from "./outcome.ts";

/** `policy test`: whether the rules that are tests are true. */
export async function runTests(words: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  const witnessed = explanationOf(given) ?? "notes";
  const threshold = thresholdOf(given);
  const source = await readFiles(await policyFiles(pathsOf(words, given, "test"), given));
  const coverage = given.has("coverage") || threshold !== undefined ? new Coverage() : undefined;
  const policy = compile({ ...source, ...(coverage === undefined ? {} : { probe: coverage }) });
  const witness = new Witness(source, witnessed);
  const outcomes = findTests(source.modules, given.text("run")).map((test) => witness.watch(outcomeOf(policy, test)));
  for (const outcome of outcomes) tell(outcome, given, screen);
  const isCovered = coverage === undefined || tellCoverage(coverage.report(), threshold, given, screen);
  const arePassed = summarize(outcomes, given, screen);
  return arePassed && isCovered ? 0 : 1;
}

/** The share that must be reached, in percent; undefined when none must. @throws DoterosError `usage` */
function thresholdOf(given: Arguments): number | undefined {
  const text = given.text("threshold");
  if (text === undefined) return undefined;
  const share = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (share <= 100) return share;
  throw new DoterosError("usage", `--threshold cannot be ${JSON.stringify(text)}`, { help: "it is a share in percent, such as --threshold 95" });
}

function tell(outcome: Outcome, given: Arguments, screen: Screen): void {
  const { name, file, line, result, message, printed = [], trace = [] } = outcome;
  if (given.has("json")) {
    const { skipped: _, ...rest } = outcome;
    screen.print(printable(JSON.stringify({ type: "test", ...rest })));
    return;
  }
  screen.print(printable(`${name}: ${result.toUpperCase()}${result === "pass" ? "" : `  ${file}:${line}`}${message === undefined ? "" : `  ${message}`}`));
  for (const text of [...printed, ...trace]) screen.print(`  ${printable(text)}`);
}

/** Answers whether as much was reached as must be. */
function tellCoverage(report: CoverageReport, threshold: number | undefined, given: Arguments, screen: Screen): boolean {
  if (given.has("json")) screen.print(printable(JSON.stringify({ type: "coverage", ...report })));
  else for (const line of coverageText(report)) screen.print(printable(line));
  if (threshold === undefined || report.coverage >= threshold) return true;
  screen.tell(`the tests reach ${percent(report.coverage)}, and ${threshold} % must be reached`);
  return false;
}

/** Answers whether there were tests, and all passed. */
function summarize(outcomes: readonly Outcome[], given: Arguments, screen: Screen): boolean {
  const count = (result: Outcome["result"]): number => outcomes.filter((outcome) => outcome.result === result).length;
  const summary = { tests: outcomes.length, passed: count("pass"), failed: count("fail"), errors: count("error"), skipped: count("skip") };
  if (given.has("json")) screen.print(JSON.stringify({ type: "summary", ...summary }));
  else if (outcomes.length === 0) screen.tell(given.has("run") ? `no test has ${given.text("run")} in its name` : "there are no rules whose names begin with test_");
  else screen.tell(`${summary.passed} passed, ${summary.failed} failed, ${summary.errors} errors, ${summary.skipped} skipped`);
  return summary.tests > 0 && summary.failed + summary.errors === 0;
}
