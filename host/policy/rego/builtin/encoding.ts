import { parseJson, toPlain } from "../value/json.ts";
import { ObjectBuilder } from "../value/object.ts";
import { type Fields, isObject, sortedEntries, sortedKeys, type Value } from "../value/value.ts";
import { toJsonText, valueText } from "../value/text.ts";
import { bytesOf, decodeBase64, decodeHex, decodeUrlSafe, encodeBase64, encodeHex, textOf } from "./base64.ts";
import { asObject, asString, type BuiltinFamily, Failure, wrongKind, wrongOperand } from "./table.ts";

/** Encodings: JSON, base64, hex, URL queries. */
export const encoding: BuiltinFamily = {
  "json.marshal": [1, (value: Value) => toJsonText(value)],
  "json.marshal_with_options": [2, marshalWithOptions],
  "json.unmarshal": [1, (text: Value) => unmarshal(asString(text, 1))],
  "json.is_valid": [1, (text: Value) => typeof text === "string" && isJson(text)],
  "base64.encode": [1, (text: Value) => encodeBase64(bytesOf(asString(text, 1)))],
  "base64.decode": [1, (text: Value) => textOf(decodeBase64(asString(text, 1)))],
  "base64.is_valid": [1, (text: Value) => typeof text === "string" && decodes(() => decodeBase64(text))],
  "base64url.encode": [1, (text: Value) => encodeBase64(bytesOf(asString(text, 1)), { url: true })],
  "base64url.encode_no_pad": [1, (text: Value) => encodeBase64(bytesOf(asString(text, 1)), { url: true, pad: false })],
  "base64url.decode": [1, (text: Value) => textOf(decodeUrlSafe(asString(text, 1)))],
  "hex.encode": [1, (text: Value) => encodeHex(bytesOf(asString(text, 1)))],
  "hex.decode": [1, (text: Value) => textOf(decodeHex(asString(text, 1)))],
  "urlquery.encode": [1, (text: Value) => escapeQuery(asString(text, 1))],
  "urlquery.decode": [1, (text: Value) => unescapeQuery(asString(text, 1))],
  "urlquery.encode_object": [1, encodeObject],
  "urlquery.decode_object": [1, decodeObject],
};

function unmarshal(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(error.message);
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function decodes(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function marshalWithOptions(value: Value, options: Value): string {
  let prefix = "";
  let indent = "\t";
  let pretty: boolean | undefined;
  let implied = false;
  for (const [key, option] of sortedEntries(asObject(options, 2))) {
    if (key === "pretty") {
      if (typeof option !== "boolean") throw wrongOperand(2, "key pretty failed cast to bool");
      pretty = option;
    } else if (key === "prefix" || key === "indent") {
      if (typeof option !== "string") throw wrongOperand(2, `key ${key} failed cast to string: ${wrongKind(1, option, "string").message}`);
      if (key === "prefix") prefix = option;
      else indent = option;
      implied = true;
    } else throw wrongOperand(2, `object contained unknown key ${valueText(key)}`);
  }
  if (!(pretty ?? implied)) return toJsonText(value);
  return prefix + indented(toPlain(value), `\n${prefix}`, indent);
}

/** JSON over several lines; `line` begins each. */
function indented(value: Value, line: string, indent: string): string {
  if (typeof value !== "object" || value === null) return toJsonText(value);
  const inner = line + indent;
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${inner}${value.map((item: Value) => indented(item, inner, indent)).join(`,${inner}`)}${line}]`;
  const fields = value as Fields;
  const entries = sortedKeys(fields).map((key) => `${toJsonText(key)}: ${indented(fields[key] as Value, inner, indent)}`);
  return entries.length === 0 ? "{}" : `{${inner}${entries.join(`,${inner}`)}${line}}`;
}

/** A text as Go's url.QueryEscape has it. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function unescapeQuery(text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/su.exec(text);
  if (wrong !== null) throw new Failure(`invalid URL escape "${wrong[0]}"`);
  const bytes: number[] = [];
  for (let at = 0; at < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(at) as number);
    if (char === "%") bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
    else bytes.push(...bytesOf(char === "+" ? " " : char));
    at += char === "%" ? 3 : char.length;
  }
  return textOf(Uint8Array.from(bytes));
}

function encodeObject(value: Value): string {
  if (!isObject(value)) throw wrongKind(1, value, "object");
  const wrong = wrongOperand(1, "values must be string, array[string], or set[string]");
  const fields = toPlain(value) as Fields;
  const pairs = sortedKeys(fields).flatMap((key) => {
    const field = fields[key] as Value;
    const list = typeof field === "string" ? [field] : field;
    if (!Array.isArray(list)) throw wrong;
    return list.map((item: Value) => {
      if (typeof item !== "string") throw wrong;
      return `${escapeQuery(key)}=${escapeQuery(item)}`;
    });
  });
  return pairs.join("&");
}

function decodeObject(query: Value): Value {
  const text = asString(query, 1);
  const builder = new ObjectBuilder();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    if (pair.includes(";")) throw new Failure("invalid semicolon separator in query");
    const at = pair.indexOf("=");
    const key = unescapeQuery(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : unescapeQuery(pair.slice(at + 1));
    builder.set(key, [...((builder.get(key) as readonly Value[] | undefined) ?? []), value]);
  }
  return builder.value();
}
