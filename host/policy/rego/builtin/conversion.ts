import { parseNumber } from "../value/number.ts";
import { isArray, isObject, kindOf, RegoSet, type Value } from "../value/value.ts";
import { quote } from "../value/text.ts";
import { type BuiltinFamily, Failure, wrongKind } from "./table.ts";

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Conversions, questions for kinds, and what old policies cast by. */
export const conversion: BuiltinFamily = {
  to_number: [1, toNumber],
  type_name: [1, (value: Value) => kindOf(value)],
  is_null: [1, (value: Value) => value === null],
  is_boolean: [1, (value: Value) => typeof value === "boolean"],
  is_number: [1, (value: Value) => kindOf(value) === "number"],
  is_string: [1, (value: Value) => typeof value === "string"],
  is_array: [1, (value: Value) => isArray(value)],
  is_object: [1, (value: Value) => isObject(value)],
  is_set: [1, (value: Value) => value instanceof RegoSet],
  cast_null: [1, (value: Value) => cast(value, "null")],
  cast_boolean: [1, (value: Value) => cast(value, "boolean")],
  cast_string: [1, (value: Value) => cast(value, "string")],
  cast_object: [1, (value: Value) => cast(value, "object")],
  cast_array: [1, (value: Value) => (value instanceof RegoSet ? value.sorted() : castOf(value, isArray(value), "array", "set"))],
  cast_set: [1, (value: Value) => (isArray(value) ? new RegoSet(value) : castOf(value, value instanceof RegoSet, "array", "set"))],
};

function toNumber(value: Value): Value {
  if (value === null) return 0;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value !== "string") throw wrongKind(1, value, "null", "boolean", "number", "string");
  const word = value.replace(/^[+-]+/, "").toLowerCase();
  if (word === "inf" || word === "infinity" || word === "nan") throw wrongKind(1, value, "valid number string");
  const number = FLOAT.test(value) ? parseNumber(value) : undefined;
  if (number === undefined || number === Infinity || number === -Infinity) {
    const why = FLOAT.test(value) ? "value out of range" : "invalid syntax";
    throw new Failure(`strconv.ParseFloat: parsing ${quote(value)}: ${why}`);
  }
  return number;
}

function cast(value: Value, kind: string): Value {
  return castOf(value, kindOf(value) === kind, kind);
}

function castOf(value: Value, isRight: boolean, ...kinds: readonly string[]): Value {
  if (isRight) return value;
  throw wrongKind(1, value, ...kinds);
}
