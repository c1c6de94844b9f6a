import { DoterosError } from "../../contract/error.ts";
import { parseModule } from "../../policy/rego/syntax/module-parser.ts";
import { dataPath } from "../../policy/rego/value/data-path.ts";

/** A rule that is a test. */
export interface Test {
  /** `data.app.test_owner`. */
  readonly name: string;
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  readonly skipped: boolean;
}

/** The tests of modules that compiled, each once, whose names a pattern is found in. @throws DoterosError `usage` */
export function findTests(modules: Readonly<Record<string, string>>, pattern: string | undefined): readonly Test[] {
  const wanted = patternOf(pattern ?? "");
  const found = Object.entries(modules).flatMap(([file, text]) => testsIn(file, text));
  const tests = new Map<string, Test>();
  for (const test of found) if (!tests.has(test.name) && wanted.test(test.name)) tests.set(test.name, test);
  return [...tests.values()];
}

function patternOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch (error) {
    throw new DoterosError("usage", `--run cannot be ${JSON.stringify(pattern)}: it is no regular expression`, { help: "doteros-wasm policy test FOLDER --run 'test_deny'", cause: error });
  }
}

function testsIn(file: string, text: string): Test[] {
  const { path, rules } = parseModule({ file, text }, "v1", () => true);
  return rules.flatMap(({ head, at }) => {
    const [first] = head.ref;
    const rule = first?.kind === "var" ? first.name : "";
    return /^(?:todo_)?test_/.test(rule) ? [{ name: dataPath([...path, rule]), file, line: at.row, skipped: rule.startsWith("todo_") }] : [];
  });
}
