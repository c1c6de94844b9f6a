import { DoterosError } from "../../contract/error.ts";
import type { Policy } from "../../policy/rego/index.ts";
import { parseModule } from "../../policy/rego/syntax/module-parser.ts";
import type { Arguments } from "../arguments.ts";
import { compile, readJson, readModules } from "../policy-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { filesOf } from "./check.ts";

/** A rule that is a test. */
interface Test {
  /** `data.app.test_owner`. */
  readonly name: string;
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  readonly skipped: boolean;
}

/** What came of a test. */
interface Outcome extends Test {
  readonly result: "pass" | "fail" | "skip" | "error";
  /** Why there was an error. */
  readonly message?: string;
}

/** `policy test`: whether the rules that are tests are true. */
export async function runTests(words: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  const modules = await readModules(filesOf(words, given, "test"));
  const data = given.text("data");
  const policy = compile(data === undefined ? { modules } : { modules, data: await readJson(data, "the data") });
  const found = Object.entries(modules).flatMap(([file, text]) => testsIn(file, text));
  const tests = new Map(found.toReversed().map((one) => [one.name, one]));
  const outcomes = [...tests.values()].reverse().map((one) => outcomeOf(policy, one));
  for (const outcome of outcomes) tell(outcome, given, screen);
  const count = (result: Outcome["result"]): number => outcomes.filter((outcome) => outcome.result === result).length;
  const summary = { tests: outcomes.length, passed: count("pass"), failed: count("fail"), errors: count("error"), skipped: count("skip") };
  if (given.has("json")) screen.print(JSON.stringify({ type: "summary", ...summary }));
  else screen.tell(`${summary.passed} passed, ${summary.failed} failed, ${summary.errors} errors, ${summary.skipped} skipped`);
  return summary.tests > 0 && summary.failed + summary.errors === 0 ? 0 : 1;
}

/** The tests of a module that compiled, each once. */
function testsIn(file: string, text: string): Test[] {
  const { path, rules } = parseModule({ file, text }, "v1", () => true);
  const tests = new Map<string, Test>();
  for (const { head, at } of rules) {
    const [first] = head.ref;
    const rule = first?.kind === "var" ? first.name : undefined;
    if (rule === undefined || !/^(?:todo_)?test_/.test(rule) || tests.has(rule)) continue;
    tests.set(rule, { name: nameOf([...path, rule]), file, line: at.row, skipped: rule.startsWith("todo_") });
  }
  return [...tests.values()];
}

/** A rule's ref as a query has it. */
function nameOf(path: readonly string[]): string {
  return `data${path.map((part) => (/^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`)).join("")}`;
}

function outcomeOf(policy: Policy, test: Test): Outcome {
  if (test.skipped) return { ...test, result: "skip" };
  try {
    return { ...test, result: policy.evaluate(test.name) === true ? "pass" : "fail" };
  } catch (error) {
    if (!(error instanceof DoterosError) || error.code === "internal") throw error;
    return { ...test, result: "error", message: error.message };
  }
}

function tell({ name, file, line, result, message }: Outcome, given: Arguments, screen: Screen): void {
  const why = message === undefined ? {} : { message };
  if (given.has("json")) screen.print(printable(JSON.stringify({ type: "test", name, file, line, result, ...why })));
  else screen.print(printable(`${name}: ${result.toUpperCase()}${result === "pass" ? "" : `  ${file}:${line}`}${message === undefined ? "" : `  ${message}`}`));
}
