import { isAlias, parseDocument, stringify, visit } from "yaml";
import { fromWhole } from "../value/number.ts";
import { toPlain } from "../value/json.ts";
import { objectOf } from "../value/object.ts";
import { checkDepth, type Value } from "../value/value.ts";
import { asString, type BuiltinFamily, type Context, Failure } from "./table.ts";

/** YAML. */
export const yaml: BuiltinFamily = {
  "yaml.marshal": [1, (value: Value) => stringify(toPlain(value), { sortMapEntries: true, indentSeq: false, version: "1.1" })],
  "yaml.unmarshal": [1, unmarshal],
  "yaml.is_valid": [1, (text: Value) => typeof text === "string" && parseDocument(text, { version: "1.1" }).errors.length === 0],
};

/** How often one anchor may be meant: each time it is a copy. */
const ALIASES_MAX = 1_000;

function unmarshal(text: Value, context: Context): Value {
  const source = asString(text, 1);
  context.charge(source.length >> 6);
  const document = parseDocument(source, { version: "1.1", intAsBigInt: true });
  const [error] = document.errors;
  if (error !== undefined) throw new Failure(`yaml: line ${error.linePos?.[0].line ?? 1}: did not find expected content: ${error.message.split("\n", 1)[0] ?? ""}`);
  let aliases = 0;
  visit(document, (_key, node) => {
    if (isAlias(node)) aliases += 1;
  });
  if (aliases > ALIASES_MAX) throw new Failure("yaml: document contains excessive aliasing");
  return fromYaml(document.toJS({ mapAsMap: false, maxAliasCount: ALIASES_MAX }), 0);
}

function fromYaml(value: unknown, depth: number): Value {
  checkDepth(depth);
  if (typeof value === "bigint") return fromWhole(value);
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((item) => fromYaml(item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return objectOf(Object.entries(value).map(([key, item]) => [key, fromYaml(item, depth + 1)] as const));
  return value as Value;
}
