import { Validator } from "@cfworker/json-schema";
import { DoterosError } from "../../../contract/error.ts";
import { parseJson, toPlain } from "../value/json.ts";
import { keyText } from "../value/text.ts";
import { lookup } from "../value/object.ts";
import { isArray, isObject, kindOf, type Value } from "../value/value.ts";
import { linearPatterns, PATTERN_FORMAT, withPatterns } from "./schema-pattern.ts";
import { type BuiltinFamily, type Context, Failure } from "./table.ts";

/** JSON Schema. */
export const schema: BuiltinFamily = {
  "json.verify_schema": [1, verify],
  "json.match_schema": [2, match],
};

const TYPES = ["array", "boolean", "integer", "number", "null", "object", "string"];

/** A document or a schema, which may be given as JSON text. */
function documentOf(value: Value): Value {
  if (typeof value === "string") {
    try {
      return parseJson(value);
    } catch (error) {
      throw new Failure(error instanceof Error ? error.message : String(error));
    }
  }
  if (isArray(value) || isObject(value)) return toPlain(value);
  throw new Failure("wrong type, expected string or object");
}

/** What a schema cannot say. @throws Failure at the first of it */
function checkSchema(value: Value): void {
  if (typeof value === "boolean") return;
  if (!isObject(value)) throw new Failure("schema is invalid: it must be an object or a boolean");
  const type = lookup(value, "type");
  for (const name of isArray(type) ? type : type === undefined ? [] : [type]) {
    if (typeof name === "string" && TYPES.includes(name)) continue;
    const given = typeof name === "string" ? name : kindOf(name);
    throw new Failure(`has a primitive type that is NOT VALID -- given: /${given}/ Expected valid values are:[${TYPES.join(" ")}]`);
  }
  const properties = lookup(value, "properties");
  if (properties !== undefined && !isObject(properties)) throw new Failure("Invalid type. Expected: valid schema, given: properties");
  for (const name of ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"]) {
    const group = lookup(value, name);
    if (isObject(group)) for (const inner of Object.values(group)) checkSchema(inner as Value);
  }
  for (const name of ["items", "additionalProperties", "additionalItems", "not", "if", "then", "else", "contains", "propertyNames"]) {
    const inner = lookup(value, name);
    for (const item of isArray(inner) ? inner : inner === undefined ? [] : [inner]) checkSchema(item);
  }
  for (const name of ["allOf", "anyOf", "oneOf", "prefixItems"]) for (const item of (lookup(value, name) as readonly Value[] | undefined) ?? []) checkSchema(item);
}

function verify(value: Value, context: Context): Value {
  try {
    const parsed = documentOf(value);
    checkSchema(parsed);
    linearPatterns(parsed, context);
    return [true, null];
  } catch (error) {
    if (error instanceof Failure) return [false, `jsonschema: ${error.message}`];
    throw error;
  }
}

function match(document: Value, definition: Value, context: Context): Value {
  const instance = documentOf(document);
  const parsed = documentOf(definition);
  checkSchema(parsed);
  const { schema: linear, patterns } = linearPatterns(parsed, context);
  context.charge(64);
  let result: ReturnType<Validator["validate"]>;
  try {
    result = withPatterns(patterns, context, () => new Validator(linear as object, "7", false).validate(instance));
  } catch (error) {
    if (error instanceof DoterosError || error instanceof RangeError) throw error;
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
  const leaves = result.errors.filter(({ keyword }) => !["properties", "items", "$ref", "additionalProperties", "allOf"].includes(keyword));
  const told = leaves.length === 0 ? result.errors : leaves;
  return [result.valid, told.map((error) => described(error, instance, linear))];
}

interface Found {
  readonly keyword: string;
  readonly error: string;
  readonly instanceLocation: string;
  readonly keywordLocation: string;
}

function at(document: Value, pointer: string): Value | undefined {
  let found: Value | undefined = document;
  for (const part of pointer.replace(/^#\/?/, "").split("/")) {
    if (part === "" || found === undefined) continue;
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = lookup(found, isArray(found) ? Number(key) : key);
  }
  return found;
}

/** An error by the names and words that gojsonschema has for the commonest. */
function described({ keyword, error, instanceLocation, keywordLocation }: Found, instance: Value, definition: Value): Value {
  const path = instanceLocation.replace(/^#\/?/, "").replaceAll("/", ".");
  const field = path === "" ? "(root)" : path;
  const [type, desc] = wording(keyword, error, at(instance, instanceLocation), at(definition, keywordLocation));
  return { desc, error: `${field}: ${desc}`, field, type };
}

function wording(keyword: string, error: string, value: Value | undefined, wanted: Value | undefined): readonly [string, string] {
  if (keyword === "type") {
    const given = typeof value === "number" && Number.isInteger(value) ? "integer" : value === undefined ? "undefined" : kindOf(value);
    return ["invalid_type", `Invalid type. Expected: ${isArray(wanted) ? wanted.map(keyText).join("/") : keyText(wanted ?? null)}, given: ${given}`];
  }
  if (keyword === "format" && typeof wanted === "string" && wanted.startsWith(PATTERN_FORMAT)) {
    return ["pattern", `Does not match pattern '${wanted.slice(PATTERN_FORMAT.length)}'`];
  }
  if (keyword === "required") {
    const name = /"([^"]*)"/.exec(error)?.[1] ?? "";
    return ["required", `${name} is required`];
  }
  return [keyword, error];
}
