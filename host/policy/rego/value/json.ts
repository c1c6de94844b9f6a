// Values of JSON text and of JavaScript, and plain JavaScript of values. JSON.parse would round what is beyond 2^53.

import { setField } from "./object.ts";
import { parseNumber } from "./number.ts";
import { keyText } from "./text.ts";
import { checkDepth, isArray, RegoMap, RegoSet, type Value } from "./value.ts";

/** A value as plain JavaScript: sets become sorted arrays, objects have string keys. What is plain already is given as it is. */
export function toPlain(value: Value, depth = 0): Value {
  if (typeof value !== "object" || value === null) return value;
  checkDepth(depth);
  if (isArray(value)) return mapItems(value, depth);
  if (value instanceof RegoSet) return value.sorted().map((item) => toPlain(item, depth + 1));
  const plain: Record<string, Value> = {};
  if (value instanceof RegoMap) {
    for (const [key, item] of value.sorted()) setField(plain, keyText(key), toPlain(item, depth + 1));
    return plain;
  }
  let changed = false;
  for (const [key, item] of Object.entries(value)) {
    const inner = toPlain(item, depth + 1);
    changed ||= inner !== item;
    setField(plain, key, inner);
  }
  return changed ? plain : value;
}

function mapItems(items: readonly Value[], depth: number): Value {
  const plain = items.map((item) => toPlain(item, depth + 1));
  return plain.every((item, at) => item === items[at]) ? items : plain;
}

/** Whether JSON.parse could round a number of this text. */
const LONG = /\d{16}|\d[eE.]/;

/** The value of a JSON text, whole numbers exact. @throws SyntaxError when it is none */
export function parseJson(text: string): Value {
  const value = JSON.parse(text) as Value;
  return LONG.test(text) ? new Reader(text).read() : value;
}

/** Reads text that JSON.parse has accepted already. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(depth = 0): Value {
    checkDepth(depth);
    const char = this.#next();
    if (char === "[") return this.#items(depth + 1);
    if (char === "{") return this.#fields(depth + 1);
    if (char === '"') return this.#string();
    return this.#scalar();
  }

  #next(): string {
    while (/\s/.test(this.#text[this.#at] as string)) this.#at += 1;
    return this.#text[this.#at] as string;
  }

  #items(depth: number): Value {
    const items: Value[] = [];
    this.#at += 1;
    while (this.#next() !== "]") {
      if (this.#text[this.#at] === ",") this.#at += 1;
      items.push(this.read(depth));
    }
    this.#at += 1;
    return items;
  }

  #fields(depth: number): Value {
    const fields: Record<string, Value> = {};
    this.#at += 1;
    while (this.#next() !== "}") {
      if (this.#text[this.#at] === ",") this.#at += 1;
      this.#next();
      const key = this.#string();
      this.#next();
      this.#at += 1;
      setField(fields, key, this.read(depth));
    }
    this.#at += 1;
    return fields;
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at += 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #scalar(): Value {
    const start = this.#at;
    while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text[this.#at] as string)) this.#at += 1;
    const word = this.#text.slice(start, this.#at);
    return /^[-\d]/.test(word) ? (parseNumber(word) ?? Number(word)) : (JSON.parse(word) as Value);
  }
}

/** A copy of what JSON says, frozen, so that nobody changes it afterwards. Small bigints become numbers. */
export function freezeDocument(value: unknown, where: string, depth = 0): Value {
  checkDepth(depth);
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return parseNumber(value.toString()) as Value;
  if (Array.isArray(value)) return Object.freeze(value.map((item, at) => freezeDocument(item, `${where}[${at}]`, depth + 1)));
  if (value instanceof RegoSet || value instanceof RegoMap) return value;
  if (typeof value !== "object") throw new TypeError(`${where} is a ${typeof value}, which JSON cannot say`);
  const fields: Record<string, Value> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) setField(fields, key, freezeDocument(item, `${where}.${key}`, depth + 1));
  }
  return Object.freeze(fields);
}
