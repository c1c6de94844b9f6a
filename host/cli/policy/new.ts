import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DoterosError } from "../../contract/error.ts";
import { nearest } from "../../contract/nearest.ts";
import type { Arguments } from "../arguments.ts";
import { unreadable } from "../file.ts";
import { writeProject } from "../new/write.ts";
import type { Screen } from "../screen.ts";

const FOLDER = fileURLToPath(new URL("../../../sdk/policy/", import.meta.url));

/** The policies to start from, and what each is for in a few words. */
export const TEMPLATES: Readonly<Record<string, string>> = {
  "least-privilege": "each capsule by name and digest: the keys, subjects and levels it needs, and nothing else",
  "per-tenant": "each tenant's capsules keep to the keys and subjects of that tenant",
  phi: "health data: minimum necessary, de-identified on the way out, emergency access (HIPAA)",
  "cardholder-data": "card numbers: who may, what is never stored, none in names of keys and subjects (PCI DSS)",
  consent: "personal data: purpose and consent, withdrawal, restriction, erasure (GDPR)",
};

/** `policy new`: a policy to start from, with its tests and data. */
export async function writeTemplate([name, folder = name, ...more]: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  if (name === undefined || folder === undefined || more.length > 0) {
    throw new DoterosError("usage", "policy new needs the name of a policy, and perhaps a folder", { help: helpFor("") });
  }
  if (!Object.hasOwn(TEMPLATES, name)) throw new DoterosError("usage", `there is no policy ${JSON.stringify(name)} to start from`, { help: helpFor(name) });
  const files = await filesIn(join(FOLDER, name));
  await writeProject(folder, files);
  const next = [
    `doteros-wasm policy test ${folder} --coverage`,
    `doteros-wasm run CAPSULE.wasm --input FILE --policy ${join(folder, "policy.rego")} --data ${join(folder, "data.json")}`,
  ];
  if (given.has("json")) screen.print(JSON.stringify({ type: "created", folder, policy: name, files: [...files.keys()], next }));
  else screen.print([`${folder}, a policy to start from: ${TEMPLATES[name]}`, ...[...files.keys()].map((file) => `  ${file}`), "next", ...next.map((line) => `  ${line}`)].join("\n"));
  return 0;
}

function helpFor(name: string): string {
  const names = Object.keys(TEMPLATES);
  const near = name === "" ? undefined : nearest(name, names);
  return `${near === undefined ? "" : `did you mean ${near}? `}It is one of ${names.join(", ")}: doteros-wasm policy --help says what each is for`;
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const names = (await readdir(folder)).sort();
    return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)));
  } catch (error) {
    throw await unreadable(folder, "the policy to start from", error);
  }
}
