import { DoterosError } from "../../contract/error.ts";
import { toJsonText } from "../../policy/rego/value/text.ts";
import type { Arguments } from "../arguments.ts";
import { compile, readJson, readPolicy, told } from "../policy-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";

/** `policy eval`: the value of a query. */
export async function evaluate([query, ...more]: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  if (query === undefined || more.length > 0) {
    throw new DoterosError("usage", "policy eval takes one query", { help: "doteros-wasm policy eval 'data.app.allow' --policy FILE.rego" });
  }
  const policy = compile(await readPolicy(given.texts("policy"), given.text("data")));
  const file = given.text("input");
  const input = file === undefined ? undefined : await readJson(file, "the input");
  const value = told(() => policy.evaluate(query, input));
  const text = value === undefined ? undefined : toJsonText(value);
  const head = `{"type":"result","query":${JSON.stringify(query)},"defined":${value !== undefined}`;
  if (given.has("json")) screen.print(printable(text === undefined ? `${head}}` : `${head},"value":${text}}`));
  else if (text === undefined) screen.tell(`${printable(query)} has no value`);
  else screen.print(printable(text));
  return value === undefined ? 1 : 0;
}
