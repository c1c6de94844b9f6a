import { parseDocument } from "yaml";
import { withoutEmpty } from "../check/annotations.ts";
import { freezeDocument } from "../value/json.ts";
import { isArray, isObject, type Fields, type Value } from "../value/value.ts";
import type { BuiltinFamily } from "./table.ts";

/** What a rule's comments say about it. Calls are replaced when the policy is compiled. */
export const metadata: BuiltinFamily = {
  "rego.metadata.rule": [0, () => ({}), { readAnnotation: read }],
  "rego.metadata.chain": [0, () => [], { readAnnotation: read }],
};

const KNOWN = ["scope", "title", "entrypoint", "description", "organizations", "related_resources", "authors", "schemas", "compile", "custom", "labels"];

function read(text: string): Fields {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`yaml: line ${error.linePos?.[0].line ?? 1}: ${error.message.split("\n", 1)[0] ?? ""}`);
  const value = freezeDocument(document.toJS(), "annotation");
  if (!isObject(value)) throw new Error("yaml: unmarshal errors: an annotation is an object");
  const fields = value as Fields;
  const known: Record<string, Value> = {};
  for (const name of KNOWN) {
    const field = fields[name];
    if (field === undefined || name === "compile") continue;
    known[name] = name === "authors" ? each(field, author) : name === "related_resources" ? each(field, resource) : field;
  }
  return withoutEmpty(known);
}

function each(value: Value, change: (item: Value) => Value): Value {
  return isArray(value) ? value.map(change) : value;
}

/** `Name <mail@address>` as an object. */
function author(value: Value): Value {
  if (typeof value !== "string") return value;
  if (value.trim() === "") throw new Error("author is an empty string");
  const [, name = "", email = ""] = /^\s*(.*?)\s*(?:<([^<>\s]*)>)?\s*$/.exec(value) ?? [];
  return withoutEmpty({ name: name.split(/\s+/).join(" "), email });
}

function resource(value: Value): Value {
  return typeof value === "string" ? { ref: value } : value;
}
