import type { Arguments } from "../arguments.ts";
import { compile, readModules } from "../policy-file.ts";
import type { Screen } from "../screen.ts";
import { pathsOf, policyFiles } from "./files.ts";

/** `policy check`: whether policies compile. @throws DoterosError `invalid-policy` with every mistake */
export async function check(words: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  const { modules: files } = await policyFiles(pathsOf(words, given, "check"), given);
  compile({ modules: await readModules(files) });
  if (given.has("json")) screen.print(JSON.stringify({ type: "check", ok: true, files }));
  else screen.tell(`${files.length} ${files.length === 1 ? "file" : "files"}, no mistakes`);
  return 0;
}
