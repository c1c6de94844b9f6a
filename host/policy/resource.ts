import { POLICY_RESOURCE_LENGTH_MAX } from "../contract/limits.ts";
import type { Operation, OwnOperation, PolicyInput } from "../contract/policy.ts";

/** Those whose resource is text in JSON. */
const STRUCTURED = ["net.connect", "net.listen", "http.request"] as const;
type Structured = (typeof STRUCTURED)[number];

/** What the text of an operation's resource is. */
const FIELDS: Readonly<Record<Exclude<OwnOperation, "load" | "state.scan" | Structured>, string>> = {
  subscribe: "pattern",
  "state.get": "key",
  "state.put": "key",
  "state.delete": "key",
  "series.append": "series",
  "series.range": "series",
  publish: "subject",
  request: "subject",
  log: "level",
  "fs.read": "path",
  "fs.write": "path",
  env: "name",
  "net.lookup": "host",
};

/** Whether a policy is asked about something of that name, which is done with a capability of this project's own. */
export function isOwnOperation(name: string): name is OwnOperation {
  return name === "load" || name === "state.scan" || (STRUCTURED as readonly string[]).includes(name) || isSimple(name);
}

function isSimple(name: string): name is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, name);
}

/** The text of a resource as it is recorded. What is longer is never asked about, and always refused. */
export function recordedResource(text: string): string {
  return text.slice(0, POLICY_RESOURCE_LENGTH_MAX);
}

/** The resource of an operation, as a policy reads it, from its text. @throws SyntaxError when that is only its beginning */
export function resourceOf(operation: Operation, text: string): PolicyInput["resource"] {
  if (operation === "load") return {};
  if (isSimple(operation)) return { [FIELDS[operation]]: text };
  const parts = JSON.parse(text) as PolicyInput["resource"];
  if (operation !== "state.scan") return parts;
  const [start, end] = parts as unknown as [start: string, end?: string];
  return end === undefined ? { start } : { start, end };
}

/** The resource of an operation from a text that may be only the beginning of one: nothing where that cannot be read. */
export function resourceOfPart(operation: Operation, text: string): PolicyInput["resource"] {
  return operation === "load" || isSimple(operation) ? resourceOf(operation, text) : {};
}
