import { covers, patternProblem } from "../bus/subject.ts";
import type { Manifest } from "../contract/manifest.ts";
import { type Grant, NEEDS_PATTERN } from "./grant-shape.ts";
import { isInterfaceName } from "./interface-name.ts";
import type { CapabilityName } from "./interface.ts";

/**
 * Reads grants as they are typed.
 *
 * @throws DoterosError `invalid-grant`, with all that are malformed
 */
export async function parseGrants(texts: readonly string[]): Promise<Grant[]> {
  const grants = texts.flatMap((text) => parseGrant(text) ?? []);
  // Few are for what lies outside, or wrong.
  return grants.length === texts.length ? grants : (await import("./grant-text.ts")).parseAllGrants(texts, parseGrant);
}

/** The grant; undefined where the text is none, or one for what lies outside. */
function parseGrant(text: string): Grant | undefined {
  const [name = "", ...rest] = text.split("=");
  const capability = name as CapabilityName;
  if (!Object.hasOwn(NEEDS_PATTERN, name) || NEEDS_PATTERN[capability] !== rest.length > 0) return undefined;
  if (rest.length === 0) return { capability };
  const pattern = rest.join("=");
  const isRight = capability === "use" ? isInterfaceName(pattern) : patternProblem(pattern) === undefined;
  return isRight ? { capability, pattern } : undefined;
}

/** Everything a manifest asks for, in the order that manifests have. */
export function requestsOf({ capabilities, subscriptions }: Manifest): Grant[] {
  const of = (capability: Grant["capability"], patterns: readonly string[] = []): Grant[] => patterns.map((pattern) => ({ capability, pattern }));
  const flag = (capability: "state" | "log" | "context" | "policy" | "stdio" | "clock"): Grant[] => (capabilities[capability] === true ? [{ capability }] : []);
  return [
    ...flag("state"),
    ...of("publish", capabilities.publish),
    ...of("request", capabilities.request),
    ...flag("log"),
    ...flag("context"),
    ...flag("policy"),
    ...of("use", capabilities.use),
    ...of("fs", capabilities.files),
    ...of("net", capabilities.net),
    ...of("env", capabilities.env),
    ...flag("stdio"),
    ...flag("clock"),
    ...of("subscribe", subscriptions),
  ];
}

/**
 * Refuses a manifest that asks for more than is granted. A pattern is granted when one granted pattern covers it.
 *
 * @throws DoterosError `not-granted`, with all that is missing and the flags that would grant it
 */
export async function checkGrants(manifest: Manifest, grants: readonly Grant[]): Promise<void> {
  const missing = requestsOf(manifest).filter((request) => !grants.some((grant) => isGrantedBy(request, grant)));
  if (missing.length > 0) (await import("./grant-text.ts")).refuseMissing(manifest.name, missing, grants);
}

function isGrantedBy(request: Grant, grant: Grant): boolean {
  if (grant.capability !== request.capability) return false;
  if (grant.pattern === request.pattern) return true;
  return Object.hasOwn(NEEDS_PATTERN, grant.capability) && grant.capability !== "use" && covers(grant.pattern as string, request.pattern as string);
}
