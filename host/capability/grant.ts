import { covers, patternProblem } from "../bus/subject.ts";
import { nearest } from "../contract/nearest.ts";
import { DoterosError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import { INTERFACE_NAME_RULE, isInterfaceName } from "./interface-name.ts";
import type { CapabilityName } from "./interface.ts";

/** One thing that is asked for or granted. */
export interface Grant {
  readonly capability: CapabilityName;
  /** Which subjects, for those capabilities that are for subjects; which interface, for `use`. */
  readonly pattern?: string;
}

/** Whether a grant of the name needs a pattern. */
const NEEDS_PATTERN: Readonly<Record<CapabilityName, boolean>> = {
  state: false,
  publish: true,
  request: true,
  subscribe: true,
  log: false,
  context: false,
  policy: false,
  use: true,
};
const NAMES = Object.keys(NEEDS_PATTERN) as CapabilityName[];

/** The text of a grant, as it is typed: `publish=alerts.>`. */
export function grantText({ capability, pattern }: Grant): string {
  return pattern === undefined ? capability : `${capability}=${pattern}`;
}

/** The option that gives a grant on a command line, quoted for a shell where that is needed. */
export function grantFlag(grant: Grant): string {
  const text = grantText(grant);
  if (/^[\w.=:/-]+$/.test(text)) return `--grant ${text}`;
  return `--grant '${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Reads grants as they are typed.
 *
 * @throws DoterosError `invalid-grant`, with all that are malformed
 */
export function parseGrants(texts: readonly string[]): Grant[] {
  const problems: string[] = [];
  const grants: Grant[] = [];
  for (const text of texts) {
    const grant = parseGrant(text);
    if (typeof grant === "string") problems.push(`${JSON.stringify(text)} ${grant}`);
    else grants.push(grant);
  }
  if (problems.length === 0) return grants;
  const message = problems.length === 1 ? `the grant ${problems.join("")}` : `${problems.length} grants are malformed:\n  ${problems.join("\n  ")}`;
  throw new DoterosError("invalid-grant", message, {
    help: "grants are state, log, context, policy, with a pattern of subjects publish=alerts.>, request=svc.>, subscribe=readings.*, and with an interface use=acme:sensors/reader",
  });
}

/** The grant, or why the text is none. */
function parseGrant(text: string): Grant | string {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const capability = NAMES.find((known) => known === name);
  if (capability === undefined) {
    const near = nearest(name, NAMES);
    return near === undefined ? `names nothing that can be granted; there is ${NAMES.join(", ")}` : `names nothing that can be granted; did you mean ${near}?`;
  }
  if (!NEEDS_PATTERN[capability]) return equals < 0 ? { capability } : `has a value, and ${capability} takes none`;
  if (equals < 0) return capability === "use" ? "does not say which interface; write it as use=acme:sensors/reader" : `does not say for which subjects; write it as ${capability}=PATTERN`;
  const pattern = text.slice(equals + 1);
  if (capability === "use") return isInterfaceName(pattern) ? { capability, pattern } : `names no interface; ${INTERFACE_NAME_RULE}`;
  const problem = patternProblem(pattern);
  return problem === undefined ? { capability, pattern } : `has a pattern that ${problem}`;
}

/** Everything a manifest asks for, in the order that manifests have. */
export function requestsOf({ capabilities, subscriptions }: Manifest): Grant[] {
  const of = (capability: CapabilityName, patterns: readonly string[] = []): Grant[] => patterns.map((pattern) => ({ capability, pattern }));
  return [
    ...(capabilities.state === true ? [{ capability: "state" } as const] : []),
    ...of("publish", capabilities.publish),
    ...of("request", capabilities.request),
    ...(capabilities.log === true ? [{ capability: "log" } as const] : []),
    ...(capabilities.context === true ? [{ capability: "context" } as const] : []),
    ...(capabilities.policy === true ? [{ capability: "policy" } as const] : []),
    ...of("use", capabilities.use),
    ...of("subscribe", subscriptions),
  ];
}

/**
 * Refuses a manifest that asks for more than is granted. A pattern is granted when one granted pattern covers it.
 *
 * @throws DoterosError `not-granted`, with all that is missing and the flags that would grant it
 */
export function checkGrants(manifest: Manifest, grants: readonly Grant[]): void {
  const missing = requestsOf(manifest).filter((request) => !grants.some((grant) => isGrantedBy(request, grant)));
  if (missing.length === 0) return;
  const flags = missing.map(grantFlag);
  const width = Math.max(...missing.map((grant) => words(grant).length));
  const lines = missing.map((grant, at) => `\n  ${words(grant).padEnd(width)}  ${flags[at] ?? ""}`);
  throw new DoterosError("not-granted", `${manifest.name} asks for what it was not granted:${lines.join("")}`, {
    help: `to grant all of it, add ${flags.join(" ")}`,
  });
}

function isGrantedBy(request: Grant, grant: Grant): boolean {
  if (grant.capability !== request.capability) return false;
  if (grant.capability === "use") return grant.pattern === request.pattern;
  return request.pattern === undefined || (grant.pattern !== undefined && covers(grant.pattern, request.pattern));
}

const words = ({ capability, pattern }: Grant): string => (pattern === undefined ? capability : `${capability} ${pattern}`);
