// CBOR done the slow and plain way: everything is read into a tree, and every answer is made from the tree. What the kernel
// does is held against this.

/** One data item. */
export type Item =
  | { kind: "integer"; value: bigint }
  | { kind: "bytes"; value: number[] }
  | { kind: "text"; value: string }
  | { kind: "array"; items: Item[] }
  | { kind: "map"; members: [Item, Item][] }
  | { kind: "tag"; tag: bigint; item: Item }
  | { kind: "simple"; value: number }
  | { kind: "float"; value: number };

/** Reads exactly one item; throws an Error that says what is wrong. `depth` is how many levels may be open. */
export function parseCbor(bytes: Uint8Array, depth: number): Item {
  const reader = { bytes, at: 0 };
  const item = readItem(reader, depth);
  if (reader.at !== bytes.length) throw new Error("more after the item");
  return item;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function take(reader: Reader, count: bigint): number[] {
  if (BigInt(reader.bytes.length - reader.at) < count) throw new Error("cut off");
  const taken = Array.from(reader.bytes.subarray(reader.at, reader.at + Number(count)));
  reader.at += Number(count);
  return taken;
}

const bigEndian = (bytes: number[]): bigint => bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);

/** An argument is undefined for an indefinite length. */
function readHead(reader: Reader): { major: number; info: number; argument: bigint | undefined } {
  const [first = 0] = take(reader, 1n);
  const major = Math.floor(first / 32);
  const info = first % 32;
  if (info < 24) return { major, info, argument: BigInt(info) };
  if (info < 28) return { major, info, argument: bigEndian(take(reader, BigInt(2 ** (info - 24)))) };
  if (info < 31 || ![2, 3, 4, 5, 7].includes(major)) throw new Error("reserved");
  return { major, info, argument: undefined };
}

function readItem(reader: Reader, depth: number): Item {
  const { major, info, argument } = readHead(reader);
  if (major === 0) return { kind: "integer", value: argument ?? 0n };
  if (major === 1) return { kind: "integer", value: -1n - (argument ?? 0n) };
  if (major === 2) return { kind: "bytes", value: readPieces(reader, 2, argument).flat() };
  if (major === 3) return { kind: "text", value: readPieces(reader, 3, argument).map(textOf).join("") };
  if (major === 7) return readSimple(info, argument);
  if (depth === 0) throw new Error("too deep");
  if (major === 4) return { kind: "array", items: readItems(reader, argument, depth - 1) };
  if (major === 6) return { kind: "tag", tag: argument ?? 0n, item: readItem(reader, depth - 1) };
  const items = readItems(reader, argument === undefined ? undefined : argument * 2n, depth - 1);
  if (items.length % 2 === 1) throw new Error("a key without a value");
  const members = items.flatMap((key, index): [Item, Item][] => {
    const value = items[index + 1];
    return index % 2 === 0 && value !== undefined ? [[key, value]] : [];
  });
  return { kind: "map", members };
}

function readPieces(reader: Reader, major: number, length: bigint | undefined): number[][] {
  if (length !== undefined) return [take(reader, length)];
  const pieces: number[][] = [];
  while (!isBreak(reader)) {
    const piece = readHead(reader);
    if (piece.major !== major || piece.argument === undefined) throw new Error("a wrong piece");
    pieces.push(take(reader, piece.argument));
  }
  return pieces;
}

function readItems(reader: Reader, count: bigint | undefined, depth: number): Item[] {
  const items: Item[] = [];
  while (count === undefined ? !isBreak(reader) : BigInt(items.length) < count) items.push(readItem(reader, depth));
  return items;
}

function isBreak(reader: Reader): boolean {
  if (reader.bytes[reader.at] !== 0xff) return false;
  reader.at += 1;
  return true;
}

const textOf = (bytes: number[]): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));

function readSimple(info: number, argument: bigint | undefined): Item {
  if (argument === undefined) throw new Error("a stray break");
  if (info < 24) return { kind: "simple", value: info };
  if (info === 24 && argument < 32n) throw new Error("a simple value in two bytes");
  if (info === 24) return { kind: "simple", value: Number(argument) };
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, argument);
  if (info === 27) return { kind: "float", value: view.getFloat64(0) };
  return { kind: "float", value: info === 26 ? view.getFloat32(4) : halfValue(Number(argument)) };
}

function halfValue(bits: number): number {
  const sign = bits >= 32768 ? -1 : 1;
  const exponent = Math.floor(bits / 1024) % 32;
  const fraction = bits % 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Every value that a half has, to the half. Of the NaNs the plain one. */
const HALVES = new Map(Array.from({ length: 65_536 }, (_, bits) => [keyOf(halfValue(bits)), bits]));
HALVES.set("NaN", 0x7e00);

function keyOf(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The deterministic encoding; throws when a map has a key twice. */
export function encodeCbor(item: Item): number[] {
  switch (item.kind) {
    case "integer":
      return item.value >= 0n ? head(0, item.value) : head(1, -1n - item.value);
    case "bytes":
      return [...head(2, BigInt(item.value.length)), ...item.value];
    case "text": {
      const text = new TextEncoder().encode(item.value);
      return [...head(3, BigInt(text.length)), ...text];
    }
    case "array":
      return [...head(4, BigInt(item.items.length)), ...item.items.flatMap(encodeCbor)];
    case "tag":
      return [...head(6, item.tag), ...encodeCbor(item.item)];
    case "simple":
      return head(7, BigInt(item.value));
    case "float":
      return encodeFloat(item.value);
    case "map":
      return encodeMap(item.members);
  }
}

function encodeMap(items: [Item, Item][]): number[] {
  const members = items.map(([key, value]) => ({ key: encodeCbor(key), value: encodeCbor(value) }));
  members.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const keys = new Set(members.map(({ key }) => key.join()));
  if (keys.size < members.length) throw new Error("a key twice");
  return [...head(5, BigInt(members.length)), ...members.flatMap(({ key, value }) => key.concat(value))];
}

function head(major: number, argument: bigint): number[] {
  const first = major * 32;
  if (argument < 24n) return [first + Number(argument)];
  const [info, size] = argument < 2n ** 8n ? [24, 1] : argument < 2n ** 16n ? [25, 2] : argument < 2n ** 32n ? [26, 4] : [27, 8];
  const digits = argument.toString(16).padStart(size * 2, "0");
  return [first + info, ...Buffer.from(digits, "hex")];
}

function encodeFloat(value: number): number[] {
  const half = HALVES.get(keyOf(value));
  if (half !== undefined) return [0xf9, half >> 8, half & 255];
  const view = new DataView(new ArrayBuffer(9));
  if (Math.fround(value) === value) {
    view.setUint8(0, 0xfa);
    view.setFloat32(1, value);
    return [...new Uint8Array(view.buffer, 0, 5)];
  }
  view.setUint8(0, 0xfb);
  view.setFloat64(1, value);
  return [...new Uint8Array(view.buffer)];
}

/** JSON text as RFC 8949, 6.1 advises; throws for a key that is neither text nor integer. */
export function jsonOf(item: Item): string {
  switch (item.kind) {
    case "integer":
      return String(item.value);
    case "bytes":
      return `"${Buffer.from(item.value).toString("base64url")}"`;
    case "text":
      return JSON.stringify(item.value);
    case "array":
      return `[${item.items.map(jsonOf).join(",")}]`;
    case "tag":
      return item.tag === 3n && item.item.kind === "bytes" ? jsonOf(item.item).replace('"', '"~') : jsonOf(item.item);
    case "simple":
      return item.value === 20 ? "false" : item.value === 21 ? "true" : "null";
    case "float":
      return Number.isFinite(item.value) ? keyOf(item.value) : "null";
    case "map":
      return `{${item.members.map(([key, value]) => `${jsonKey(key)}:${jsonOf(value)}`).join(",")}}`;
  }
}

function jsonKey(key: Item): string {
  if (key.kind === "text") return jsonOf(key);
  if (key.kind === "integer") return `"${jsonOf(key)}"`;
  throw new Error("no key for JSON");
}

/** What a path leads to; undefined where there is nothing. */
export function itemAt(item: Item, path: readonly (string | number)[]): Item | undefined {
  const inside = untagged(item);
  const [step, ...rest] = path;
  if (step === undefined) return item;
  let next: Item | undefined;
  if (inside.kind === "array" && typeof step === "number") next = inside.items[step];
  // Of a key that is there twice the first counts.
  if (inside.kind === "map") next = inside.members.find(([key]) => isStep(key, step))?.[1];
  return next === undefined ? undefined : itemAt(next, rest);
}

function untagged(item: Item): Item {
  return item.kind === "tag" ? untagged(item.item) : item;
}

function isStep(key: Item, step: string | number): boolean {
  return typeof step === "string" ? key.kind === "text" && key.value === step : key.kind === "integer" && key.value === BigInt(step);
}

/** What JSON text means; throws when JSON.parse does. */
export function itemOfJson(text: string): Item {
  JSON.parse(text);
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{}]|-?\d[\d.eE+-]*|true|false|null/g) ?? [];
  return nextItem(tokens.values());
}

function nextItem(tokens: Iterator<string>, token = String(tokens.next().value)): Item {
  if (token === "[") return { kind: "array", items: itemsUntil("]", tokens) };
  if (token === "{") {
    const items = itemsUntil("}", tokens);
    return { kind: "map", members: items.flatMap((key, index): [Item, Item][] => (index % 2 === 0 ? [[key, items[index + 1] ?? key]] : [])) };
  }
  if (token.startsWith('"')) return { kind: "text", value: String(JSON.parse(token)) };
  if (token === "true" || token === "false" || token === "null") return { kind: "simple", value: { false: 20, true: 21, null: 22 }[token] };
  return numberItem(token);
}

function itemsUntil(end: string, tokens: Iterator<string>): Item[] {
  const items: Item[] = [];
  for (let token = String(tokens.next().value); token !== end; token = String(tokens.next().value)) items.push(nextItem(tokens, token));
  return items;
}

function numberItem(token: string): Item {
  const value = Number(token);
  const isPlain = /^-?\d+$/.test(token);
  if (Object.is(value, -0)) return { kind: "float", value };
  if (isPlain && BigInt(token) < 2n ** 64n && BigInt(token) > -(2n ** 64n)) return { kind: "integer", value: BigInt(token) };
  return Number.isSafeInteger(value) ? { kind: "integer", value: BigInt(value) } : { kind: "float", value };
}
