import { POLICY_RESOURCE_LENGTH_MAX } from "../contract/limits.ts";
import type { Operation, OwnOperation, PolicyInput } from "../contract/policy.ts";

/** What the text of an operation's resource is; nothing where it is text in JSON. */
const FIELDS: Readonly<Record<Exclude<OwnOperation, "load">, string>> = {
  subscribe: "pattern",
  "state.get": "key",
  "state.put": "key",
  "state.delete": "key",
  "state.scan": "",
  "series.append": "series",
  "series.range": "series",
  publish: "subject",
  request: "subject",
  log: "level",
  "fs.read": "path",
  "fs.write": "path",
  env: "name",
  "net.connect": "",
  "net.listen": "",
  "net.lookup": "host",
  "http.request": "",
};

/** Whether a policy is asked about something of that name, which is done with a capability of this project's own. */
export function isOwnOperation(name: string): name is OwnOperation {
  return name === "load" || Object.hasOwn(FIELDS, name);
}

/** What is in the resource of an operation; nothing where its text is JSON. */
function fieldOf(operation: Operation): string {
  return operation !== "load" && isOwnOperation(operation) ? FIELDS[operation] : "";
}

/** The text of a resource as it is recorded. What is longer is never asked about, and always refused. */
export function recordedResource(text: string): string {
  return text.slice(0, POLICY_RESOURCE_LENGTH_MAX);
}

/** The resource of an operation, as a policy reads it, from its text. @throws SyntaxError when that is only its beginning */
export function resourceOf(operation: Operation, text: string): PolicyInput["resource"] {
  if (operation === "load") return {};
  const field = fieldOf(operation);
  if (field !== "") return { [field]: text };
  const parts = JSON.parse(text) as PolicyInput["resource"];
  if (operation !== "state.scan") return parts;
  const [start, end] = parts as unknown as [start: string, end?: string];
  return end === undefined ? { start } : { start, end };
}

/** The resource of an operation from a text that may be only the beginning of one: nothing where that cannot be read. */
export function resourceOfPart(operation: Operation, text: string): PolicyInput["resource"] {
  return operation === "load" || fieldOf(operation) !== "" ? resourceOf(operation, text) : {};
}
