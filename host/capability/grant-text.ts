import { patternProblem } from "../bus/subject.ts";
import { DoterosError } from "../contract/error.ts";
import { nearest } from "../contract/nearest.ts";
import { type Grant, NEEDS_PATTERN, type OutsideName } from "./grant-shape.ts";
import { INTERFACE_NAME_RULE } from "./interface-name.ts";
import { isOutside, isOutsideGrantedBy, OUTSIDE_EXAMPLES, outsideFlag, outsideProblem } from "./outside-grant.ts";

// Grants as people write and read them: what is wrong with one, and which flag would give it.

const OWN_NAMES = Object.keys(NEEDS_PATTERN) as (keyof typeof NEEDS_PATTERN)[];
const NAMES = [...OWN_NAMES, ...(Object.keys(OUTSIDE_EXAMPLES) as OutsideName[])];

/** The text of a grant, as it is typed: `publish=alerts.>`, `fs:./data:ro`. */
export function grantText({ capability, pattern }: Grant): string {
  return pattern === undefined ? capability : `${capability}${isOutside(capability) ? ":" : "="}${pattern}`;
}

/** The option that gives a grant on a command line, quoted for a shell where that is needed. */
export function grantFlag(grant: Grant): string {
  const text = grantText(isOutside(grant.capability) ? outsideFlag(grant) : grant);
  if (/^[\w.=:/-]+$/.test(text)) return `--grant ${text}`;
  return `--grant '${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Reads grants of which some are for what lies outside, or wrong.
 *
 * @param parseOwn reads those that are for this project's own capabilities
 * @throws DoterosError `invalid-grant`, with all that are malformed
 */
export function parseAllGrants(texts: readonly string[], parseOwn: (text: string) => Grant | undefined): Grant[] {
  const problems: string[] = [];
  const grants: Grant[] = [];
  for (const text of texts) {
    const grant = parseOwn(text) ?? parseOther(text);
    if (typeof grant === "string") problems.push(`${JSON.stringify(text)} ${grant}`);
    else grants.push(grant);
  }
  if (problems.length === 0) return grants;
  const message = problems.length === 1 ? `the grant ${problems.join("")}` : `${problems.length} grants are malformed:\n  ${problems.join("\n  ")}`;
  throw new DoterosError("invalid-grant", message, {
    help:
      "grants are state, log, context, policy, with a pattern of subjects publish=alerts.>, request=svc.>, subscribe=readings.*, " +
      `with an interface use=acme:sensors/reader, and for what lies outside ${Object.values(OUTSIDE_EXAMPLES).join(", ")}`,
  });
}

/** The grant, or why the text is none. */
function parseOther(text: string): Grant | string {
  const [, name = "", separator, pattern = ""] = /^([^=:]*)([=:]?)([^]*)$/.exec(text) ?? [];
  const capability = NAMES.find((known) => known === name);
  if (capability === undefined) {
    const near = nearest(name, NAMES);
    return near === undefined ? `names nothing that can be granted; there is ${NAMES.join(", ")}` : `names nothing that can be granted; did you mean ${near}?`;
  }
  if (isOutside(capability)) {
    const given = separator === ":" ? pattern : undefined;
    return outsideProblem(capability, given, separator !== "") ?? (given === undefined ? { capability } : { capability, pattern: given });
  }
  if (!NEEDS_PATTERN[capability]) return `has a value, and ${capability} takes none`;
  if (separator !== "=") return capability === "use" ? "does not say which interface; write it as use=acme:sensors/reader" : `does not say for which subjects; write it as ${capability}=PATTERN`;
  return capability === "use" ? `names no interface; ${INTERFACE_NAME_RULE}` : `has a pattern that ${patternProblem(pattern)}`;
}

/**
 * Refuses what a manifest asks for and was not granted.
 *
 * @param missing what no grant says word for word
 * @throws DoterosError `not-granted`, with the flags that would grant it
 */
export function refuseMissing(name: string, missing: readonly Grant[], grants: readonly Grant[]): void {
  const left = missing.filter((request) => !grants.some((grant) => isOutsideGrantedBy(request, grant)));
  if (left.length === 0) return;
  const flags = left.map(grantFlag);
  const width = Math.max(...left.map((grant) => words(grant).length));
  const lines = left.map((grant, at) => `\n  ${words(grant).padEnd(width)}  ${flags[at] ?? ""}`);
  throw new DoterosError("not-granted", `${name} asks for what it was not granted:${lines.join("")}`, {
    help: `to grant all of it, add ${flags.join(" ")}`,
  });
}

const words = ({ capability, pattern }: Grant): string => (pattern === undefined ? capability : `${capability} ${pattern}`);
