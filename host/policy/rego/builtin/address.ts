// Addresses of the internet protocol as numbers.

export interface Address {
  readonly value: bigint;
  /** 32 or 128. */
  readonly bits: number;
}

export interface Network {
  readonly first: bigint;
  readonly prefix: number;
  readonly bits: number;
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [at, part] of parts.entries()) {
    const four = at === parts.length - 1 && part.includes(".") ? parseFour(part) : undefined;
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map(groupsOf);
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...left, ...new Array<bigint>(missing).fill(0n), ...(right ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

const MAPPED = 0xffffn << 32n;

/** An address; one of version 4 that is written as version 6 is of version 4. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) {
    const value = parseFour(text);
    return value === undefined ? undefined : { value, bits: 32 };
  }
  const value = parseSix(text);
  if (value === undefined) return undefined;
  return value >> 32n === MAPPED >> 32n ? { value: value & 0xffffffffn, bits: 32 } : { value, bits: 128 };
}

/** A network: an address, a slash, and how many bits are its own. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", size = "", more] = text.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const value = bits === 32 ? parseFour(address) : parseSix(address);
  if (value === undefined || more !== undefined || !/^(?:0|[1-9]\d{0,2})$/.test(size) || Number(size) > bits) return undefined;
  const prefix = Number(size);
  const host = BigInt(bits - prefix);
  return { first: (value >> host) << host, prefix, bits };
}

/** How many bits the network of an address has by its class, as it was before networks had sizes. */
export function maskOf(address: bigint): number {
  const top = Number(address >> 24n);
  if (top < 0x80) return 8;
  return top < 0xc0 ? 16 : 24;
}

/** An address as it is written. */
export function addressText({ value, bits }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => Number((value >> BigInt(112 - 16 * at)) & 0xffffn));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return best.at < 0 ? hex(groups) : `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.length))}`;
}

/** A network as it is written. */
export function networkText({ first, prefix, bits }: Network): string {
  return `${addressText({ value: first, bits })}/${prefix}`;
}
