import { basename, dirname, join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { LANGUAGES } from "../javascript/source.ts";
import type { Screen } from "../screen.ts";
import { askForPlan } from "./ask.ts";
import { nameProblem } from "./name.ts";
import { type Choices, TEMPLATE_HINTS, TEMPLATES } from "./plan.ts";
import { projectFiles } from "./project.ts";
import { writeProject } from "./write.ts";

const INTERRUPTED = 130;

const HELP = `Writes the project of a new capsule, which builds, tests and runs as it is. On a terminal it asks for what is not given.

usage: doteros-wasm new [NAME] [options]

  NAME        the folder and the capsule: words of a-z and 0-9 joined by - or _
  --language  ${LANGUAGES.join(", ")}; default: typescript
  --template  ${TEMPLATES.join(", ")}; default: counter
  --yes       asks nothing, and takes the defaults
  --json      one JSON object on one line, with "type" created; asks nothing

${TEMPLATES.map((template) => `  ${template.padEnd(8)}  ${TEMPLATE_HINTS[template]}`).join("\n")}

Nothing is overwritten, and nothing is installed: what to type next is told.

exit codes: 0 done, 1 it cannot be written, 2 wrong usage

examples
  doteros-wasm new my-capsule
  doteros-wasm new greeter --language assemblyscript --template plugin --yes`;

/** `doteros-wasm new`. */
export const newCommand: Command = {
  name: "new",
  summary: "write the project of a new capsule",
  help: HELP,
  options: { language: { type: "string" }, template: { type: "string" }, yes: { type: "boolean", short: "y" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const path = pathOf(given);
  const asked: Partial<Choices> = {
    ...(path === undefined ? {} : { name: basename(path) }),
    ...pick("language", given.choice("language", LANGUAGES)),
    ...pick("template", given.choice("template", TEMPLATES)),
  };
  const choices = asksNothing(given) ? withDefaults(asked) : await askForPlan(asked, { input: process.stdin, output: process.stderr });
  if (choices === undefined) {
    screen.tell("nothing was written");
    return INTERRUPTED;
  }
  const folder = join(dirname(path ?? ""), choices.name);
  const files = projectFiles({ ...choices, folder });
  await writeProject(folder, files);
  const next = [`cd ${folder}`, "npm install", "npm test", "npm start"];
  const { language, template } = choices;
  if (given.has("json")) screen.print(JSON.stringify({ type: "created", folder, language, template, files: [...files.keys()], next }));
  else screen.print([`${folder}, a capsule in ${language}`, ...[...files.keys()].map((file) => `  ${file}`), "next", ...next.map((line) => `  ${line}`)].join("\n"));
  return 0;
}

/** The folder that was named, which must have a capsule's name. */
function pathOf(given: Arguments): string | undefined {
  const [path, ...more] = given.positionals;
  if (more.length > 0) throw new DoterosError("usage", "new takes one name", { help: "doteros-wasm new my-capsule" });
  if (path === undefined) return undefined;
  const problem = nameProblem(basename(path));
  if (problem === undefined) return path;
  throw new DoterosError("usage", `the name ${JSON.stringify(basename(path))} ${problem}`, { help: "doteros-wasm new my-capsule" });
}

/** Nobody is asked in a pipe, or who said so. */
function asksNothing(given: Arguments): boolean {
  return given.has("yes") || given.has("json") || !process.stdin.isTTY || !process.stderr.isTTY;
}

function withDefaults({ name, language = "typescript", template = "counter" }: Partial<Choices>): Choices {
  if (name !== undefined) return { name, language, template };
  throw new DoterosError("usage", "new needs a name", { help: "doteros-wasm new my-capsule" });
}

function pick<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
