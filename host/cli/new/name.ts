import { CAPSULE_NAME_LENGTH_MAX } from "../../contract/limits.ts";

/** Both a capsule's name and a package's: words of small letters and digits, joined by `-` or `_`. */
const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/u;

/** What is wrong with the name of a new capsule, as the end of a sentence; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > CAPSULE_NAME_LENGTH_MAX) return `has ${name.length} characters, and ${CAPSULE_NAME_LENGTH_MAX} is the most`;
  if (NAME.test(name)) return undefined;
  const near = nearName(name);
  return `is not words of a-z and 0-9 joined by - or _${near === undefined ? "" : `, such as ${near}`}`;
}

/** The name that was perhaps meant. */
function nearName(name: string): string | undefined {
  const near = name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^[-0-9]+|-$/gu, "");
  return NAME.test(near) ? near : undefined;
}
