import { DoterosError } from "../../contract/error.ts";
import { type Answer, Trace, type Value } from "../../policy/rego/index.ts";
import { toJsonText } from "../../policy/rego/value/text.ts";
import type { Arguments } from "../arguments.ts";
import { compile, readJson, told } from "../policy-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { explained, explanationOf } from "./trace-text.ts";
import { policyFiles, readFiles } from "./files.ts";

/** `policy eval`: the answers to a query. */
export async function evaluate(words: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  const query = queryOf(words, given);
  const what = explanationOf(given);
  const trace = what === undefined ? undefined : new Trace();
  const source = await readFiles(await policyFiles(given.texts("policy"), given));
  const print = (line: string): void => screen.tell(printable(line));
  const policy = compile({ ...source, print, ...(trace === undefined ? {} : { probe: trace }) });
  const file = given.text("input");
  const input = file === undefined ? undefined : await readJson(file, "the input");
  const explanation = (): string[] => (trace === undefined || what === undefined ? [] : explained(trace, what));
  let answers: readonly Answer[];
  try {
    answers = told(() => policy.answers(query, input));
  } catch (error) {
    for (const line of explanation()) screen.tell(printable(line));
    throw error;
  }
  if (given.has("json")) screen.print(jsonOf(answers, trace === undefined ? undefined : explanation()));
  else show(query, answers, explanation(), screen);
  return given.has(answers.length === 0 ? "fail" : "fail-defined") ? 1 : 0;
}

function queryOf([query, ...more]: readonly string[], given: Arguments): string {
  if (query === undefined || more.length > 0) {
    throw new DoterosError("usage", "policy eval takes one query", { help: "doteros-wasm policy eval 'data.app.allow' --policy FILE.rego" });
  }
  if (!given.has("fail") || !given.has("fail-defined")) return query;
  throw new DoterosError("usage", "--fail and --fail-defined leave nothing that is well", { help: "take one of them" });
}

/** Open Policy Agent's result, on one line; whole numbers as they are, which JSON.stringify would not write. */
function jsonOf(answers: readonly Answer[], explanation: readonly string[] | undefined): string {
  const result = answers.length === 0 ? "" : `,"result":${toJsonText(answers as unknown as Value)}`;
  const why = explanation === undefined ? "" : `,"explanation":${JSON.stringify(explanation)}`;
  return printable(`{"type":"result"${result}${why}}`);
}

function show(query: string, answers: readonly Answer[], explanation: readonly string[], screen: Screen): void {
  for (const line of explanation) screen.tell(printable(line));
  for (const answer of answers) screen.print(printable(answerText(answer)));
  if (answers.length === 0) screen.tell(`${printable(query)} has no value`);
}

/** The value of an expression, and what its variables were; of several expressions what they say about variables, or the last one. */
function answerText({ expressions, bindings }: Answer): string {
  const value = expressions.at(-1)?.value ?? true;
  if (bindings === undefined) return toJsonText(value);
  return expressions.length === 1 && value !== true ? `${toJsonText(value)}  ${toJsonText(bindings)}` : toJsonText(bindings);
}
