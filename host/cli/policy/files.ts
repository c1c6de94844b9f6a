import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import type { PolicySource } from "../../contract/policy.ts";
import type { Arguments } from "../arguments.ts";
import { unreadable } from "../file.ts";
import { readJson, readModules } from "../policy-file.ts";

/** The file of data in a folder of a policy. */
const DATA = "data.json";

/** The files of a policy. */
export interface PolicyFiles {
  readonly modules: readonly string[];
  readonly data: string | undefined;
}

/**
 * The files that were named: a folder stands for the modules in it, and for its data.json unless `--data` names another one.
 *
 * @throws DoterosError `usage` when a folder has no modules, or when there are two files of data; `unreadable-input`
 */
export async function policyFiles(paths: readonly string[], given: Arguments): Promise<PolicyFiles> {
  const found = await Promise.all([...new Set(paths)].map(filesAt));
  const chosen = given.text("data");
  const data = chosen === undefined ? found.flatMap((files) => files.data ?? []) : [chosen];
  if (data.length <= 1) return { modules: [...new Set(found.flatMap(({ modules }) => modules))], data: data[0] };
  throw new DoterosError("usage", `there are ${data.length} files of data: ${data.join(", ")}`, { help: "say which one with --data FILE.json" });
}

async function filesAt(path: string): Promise<PolicyFiles> {
  // What is not there is told when it is read.
  const isFolder = await stat(path).then((found) => found.isDirectory(), () => false);
  if (!isFolder) return { modules: [path], data: undefined };
  const names = await readdir(path).catch(async (error: unknown) => {
    throw await unreadable(path, "the folder of the policy", error);
  });
  const modules = names.filter((name) => name.endsWith(".rego")).sort();
  if (modules.length === 0) throw new DoterosError("usage", `${path} has no file whose name ends in .rego`, { help: "name a policy's folder, or its files" });
  return { modules: modules.map((name) => join(path, name)), data: names.includes(DATA) ? join(path, DATA) : undefined };
}

/** What is in the files of a policy. @throws DoterosError `unreadable-input`, `limit-exceeded`, `invalid-json` */
export async function readFiles({ modules, data }: PolicyFiles): Promise<PolicySource> {
  const texts = await readModules(modules);
  return data === undefined ? { modules: texts } : { modules: texts, data: await readJson(data, "the data") };
}

/** The paths of modules that were given as words and with `--policy`. @throws DoterosError `usage` when there are none */
export function pathsOf(words: readonly string[], given: Arguments, verb: string): readonly string[] {
  const paths = [...words, ...given.texts("policy")];
  if (paths.length > 0) return paths;
  throw new DoterosError("usage", `policy ${verb} needs the file of a policy`, { help: `doteros-wasm policy ${verb} FILE.rego` });
}
