import { POLICY_RESOURCE_LENGTH_MAX } from "../contract/limits.ts";
import type { Operation, PolicyInput } from "../contract/policy.ts";

/** What the text of an operation's resource is. */
const FIELDS: Readonly<Record<Exclude<Operation, "load" | "state.scan">, string>> = {
  subscribe: "pattern",
  "state.get": "key",
  "state.put": "key",
  "state.delete": "key",
  "series.append": "series",
  "series.range": "series",
  publish: "subject",
  request: "subject",
  log: "level",
};

/** Whether a policy is asked about something of that name. */
export function isOperation(name: string): name is Operation {
  return name === "load" || name === "state.scan" || Object.hasOwn(FIELDS, name);
}

/** The text of a resource as it is recorded. What is longer is never asked about, and always refused. */
export function recordedResource(text: string): string {
  return text.slice(0, POLICY_RESOURCE_LENGTH_MAX);
}

/** The resource of an operation, as a policy reads it, from its text. */
export function resourceOf(operation: Operation, text: string): PolicyInput["resource"] {
  if (operation === "load") return {};
  if (operation !== "state.scan") return { [FIELDS[operation]]: text };
  const [start, end] = JSON.parse(text) as [start: string, end?: string];
  return end === undefined ? { start } : { start, end };
}
