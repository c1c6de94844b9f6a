import { valueText } from "../value/text.ts";
import { fromWhole } from "../value/number.ts";
import type { Value } from "../value/value.ts";
import { encodeHex } from "./base64.ts";
import { asString, type BuiltinFamily, type Context } from "./table.ts";

/** UUIDs. */
export const uuid: BuiltinFamily = {
  "uuid.rfc4122": [1, random, { readsOutside: true }],
  "uuid.parse": [1, (text: Value) => parse(asString(text, 1))],
};

/** A random one; the same for the same operand in one evaluation. */
function random(key: Value, context: Context): Value {
  const name = `uuid ${valueText(key)}`;
  const known = context.kept.get(name) as string | undefined;
  if (known !== undefined) return known;
  const bytes = context.randomBytes();
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = encodeHex(bytes);
  const text = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  context.kept.set(name, text);
  return text;
}

const FORM = /^(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;
const BARE = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;
/** From 1582-10-15, where the time of a UUID begins, to 1970, in steps of 100 nanoseconds. */
const EPOCH = 122_192_928_000_000_000n;
const DOMAINS = ["Person", "Group", "Org"];

function parse(text: string): Value | undefined {
  const match = FORM.exec(text.length === 38 ? text.slice(1, -1) : text) ?? BARE.exec(text);
  if (match === null) return undefined;
  const [, low = "", middle = "", high = "", sequence = "", node = ""] = match.map((part) => part.toLowerCase());
  const version = Number.parseInt(high[0] ?? "0", 16);
  const order = Number.parseInt(sequence, 16);
  const common = { version, variant: variantOf(order >> 8) };
  if (version !== 1 && version !== 2) return common;
  const time = BigInt(`0x${high.slice(1)}${middle}${low}`) - EPOCH;
  const timed = { ...common, time: fromWhole(time * 100n), nodeid: node.match(/../g)?.join("-") ?? "", macvariables: macOf(Number.parseInt(node.slice(0, 2), 16)), clocksequence: order & 0x3fff };
  if (version === 1) return timed;
  const domain = order & 0xff;
  return { ...timed, id: Number.parseInt(low, 16), domain: DOMAINS[domain] ?? `Domain${domain}` };
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return "RFC4122";
  if ((byte & 0xe0) === 0xc0) return "Microsoft";
  return (byte & 0xe0) === 0xe0 ? "Future" : "Reserved";
}

function macOf(byte: number): string {
  return `${(byte & 2) === 0 ? "global" : "local"}:${(byte & 1) === 0 ? "unicast" : "multicast"}`;
}
