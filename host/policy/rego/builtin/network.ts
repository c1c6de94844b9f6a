import { eachEntry } from "../value/object.ts";
import { isArray, isObject, RegoSet, type Value } from "../value/value.ts";
import { asString, type BuiltinFamily, type Context, Failure } from "./table.ts";
import { addressText, maskOf, type Network, networkText, parseAddress, parseNetwork } from "./address.ts";

/** Networks and addresses, by calculation only: nothing here asks anybody. */
export const network: BuiltinFamily = {
  "net.cidr_contains": [2, contains],
  "net.cidr_overlap": [2, contains],
  "net.cidr_intersects": [2, (a: Value, b: Value) => overlap(operand(a), operand(b))],
  "net.cidr_contains_matches": [2, containsMatches],
  "net.cidr_expand": [1, expand],
  "net.cidr_is_valid": [1, (text: Value) => typeof text === "string" && parseNetwork(text) !== undefined],
  "net.cidr_merge": [1, merge],
};

function operand(value: Value): Network {
  const text = asString(value, 1);
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Failure(`invalid CIDR address: ${text}`);
  return parsed;
}

function lastOf({ first, prefix, bits }: Network): bigint {
  return first | ((1n << BigInt(bits - prefix)) - 1n);
}

function overlap(a: Network, b: Network): boolean {
  return a.bits === b.bits && a.first <= lastOf(b) && b.first <= lastOf(a);
}

function contains(whole: Value, part: Value): boolean {
  const outer = operand(whole);
  const text = asString(part, 1);
  const address = parseAddress(text);
  if (address !== undefined) return address.bits === outer.bits && address.value >= outer.first && address.value <= lastOf(outer);
  const inner = parseNetwork(text);
  if (inner === undefined) throw new Failure(`not a valid textual representation of an IP address or CIDR: ${text}`);
  return inner.bits === outer.bits && inner.first >= outer.first && lastOf(inner) <= lastOf(outer);
}

/** Each network of an operand with what tells it apart: its index, its key, or itself. */
function candidates(value: Value, position: number): readonly (readonly [Value, Value])[] {
  if (typeof value === "string") return [[value, value]];
  const found: (readonly [Value, Value])[] = [];
  if (!isArray(value) && !isObject(value) && !(value instanceof RegoSet)) return found;
  eachEntry(value, (key, item) => {
    const cidr = isArray(item) ? item[0] : item;
    if (cidr === undefined || (!isArray(item) && typeof item !== "string")) throw new Failure(`operand ${position}: element must be string or non-empty array`);
    found.push([cidr, key]);
    return false;
  });
  return found;
}

function containsMatches(wholes: Value, parts: Value, context: Context): Value {
  const matches = new RegoSet();
  const inner = candidates(parts, 2);
  for (const [whole, key] of candidates(wholes, 1)) {
    context.charge(inner.length);
    for (const [part, other] of inner) if (contains(whole, part)) matches.add([key, other]);
  }
  return matches;
}

function expand(value: Value, context: Context): Value {
  const { first, prefix, bits } = operand(value);
  const addresses = new RegoSet();
  const count = 1n << BigInt(bits - prefix);
  context.charge(count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count));
  for (let at = 0n; at < count; at += 1n) addresses.add(addressText({ value: first + at, bits }));
  return addresses;
}

function mergeOperand(value: Value): Network {
  if (typeof value !== "string") throw new Failure("element must be string");
  const address = parseAddress(value);
  if (address === undefined) return operand(value);
  if (address.bits !== 32) throw new Failure("IPv6 invalid: needs prefix length");
  const prefix = maskOf(address.value);
  return { first: (address.value >> BigInt(32 - prefix)) << BigInt(32 - prefix), prefix, bits: 32 };
}

interface Range {
  first: bigint;
  last: bigint;
  readonly bits: number;
}

function merge(value: Value): Value {
  if (!isArray(value) && !(value instanceof RegoSet)) throw new Failure("operand must be an array");
  const ranges = (isArray(value) ? value : value.sorted()).map((item): Range => {
    const parsed = mergeOperand(item);
    return { first: parsed.first, last: lastOf(parsed), bits: parsed.bits };
  });
  ranges.sort((a, b) => a.bits - b.bits || (a.first < b.first ? -1 : Number(a.first > b.first)));
  const merged: Range[] = [];
  for (const range of ranges) {
    const before = merged.at(-1);
    if (before === undefined || before.bits !== range.bits || range.first > before.last + 1n) merged.push({ ...range });
    else if (range.last > before.last) before.last = range.last;
  }
  return new RegoSet(merged.flatMap(networksOf).map(networkText));
}

/** A range of addresses as few networks as possible. */
function networksOf({ first, last, bits }: Range): Network[] {
  const networks: Network[] = [];
  for (let start = first; start <= last; ) {
    let size = 0;
    while (size < bits && (start & ((1n << BigInt(size + 1)) - 1n)) === 0n && start + (1n << BigInt(size + 1)) - 1n <= last) size += 1;
    networks.push({ first: start, prefix: bits - size, bits });
    start += 1n << BigInt(size);
  }
  return networks;
}
