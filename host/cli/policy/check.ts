import { DoterosError } from "../../contract/error.ts";
import type { Arguments } from "../arguments.ts";
import { compile, readModules } from "../policy-file.ts";
import type { Screen } from "../screen.ts";

/** `policy check`: whether policies compile. @throws DoterosError `invalid-policy` with every mistake */
export async function check(words: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  const files = filesOf(words, given, "check");
  compile({ modules: await readModules(files) });
  if (given.has("json")) screen.print(JSON.stringify({ type: "check", ok: true, files }));
  else screen.tell(`${files.length} ${files.length === 1 ? "file" : "files"}, no mistakes`);
  return 0;
}

/** The modules' files that were given. @throws DoterosError `usage` when there are none */
export function filesOf(words: readonly string[], given: Arguments, verb: string): readonly string[] {
  const files = [...new Set([...words, ...given.texts("policy")])];
  if (files.length > 0) return files;
  throw new DoterosError("usage", `policy ${verb} needs the file of a policy`, { help: `doteros-wasm policy ${verb} FILE.rego` });
}
