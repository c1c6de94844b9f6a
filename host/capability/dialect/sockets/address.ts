import type { Endpoint } from "../../../contract/network.ts";
import { refuseAs } from "./error-code.ts";

/** An `ip-address-family` of wasi:sockets. */
export type Family = "ipv4" | "ipv6";
type Four = readonly [number, number, number, number];
type Eight = readonly [number, number, number, number, number, number, number, number];
/** An `ip-address`. */
export type IpAddress = { readonly tag: "ipv4"; readonly val: Four } | { readonly tag: "ipv6"; readonly val: Eight };
/** An `ip-socket-address`. */
export type SocketAddress =
  | { readonly tag: "ipv4"; readonly val: { readonly port: number; readonly address: Four } }
  | { readonly tag: "ipv6"; readonly val: { readonly port: number; readonly flowInfo: number; readonly address: Eight; readonly scopeId: number } };

const FOUR = "tuple<u8, u8, u8, u8>";
const EIGHT = "tuple<u16, u16, u16, u16, u16, u16, u16, u16>";
/** The types of these. */
export const FAMILY = "enum { ipv4, ipv6 }";
export const IP_ADDRESS = `variant { ipv4(${FOUR}), ipv6(${EIGHT}) }`;
export const SOCKET_ADDRESS = `variant { ipv4(record { port: u16, address: ${FOUR} }), ipv6(record { port: u16, flow-info: u32, address: ${EIGHT}, scope-id: u32 }) }`;

const FOUR_TEXT = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;
const HEXADECIMAL = 16;
const BYTE_BITS = 8;
const BYTE_MAX = 0xff;
const MULTICAST_FROM = 224;
const MULTICAST_TO = 239;
const MULTICAST_GROUP = 0xff00;
const MAPPED_GROUP = 5;
const ALL_BITS = 0xffff;

/** The text of an address, always the same for one. */
export function textOf({ tag, val }: IpAddress): string {
  if (tag === "ipv4") return val.join(".");
  // The longest row of zeroes is left out, the first of those that are as long.
  let from = 0;
  let to = 0;
  for (let start = 0; start < GROUPS; start += 1) {
    let end = start;
    while (end < GROUPS && val[end] === 0) end += 1;
    if (end - start > Math.max(1, to - from)) [from, to] = [start, end];
  }
  const text = (groups: readonly number[]): string => groups.map((group) => group.toString(HEXADECIMAL)).join(":");
  return to === 0 ? text(val) : `${text(val.slice(0, from))}::${text(val.slice(to))}`;
}

/** The address that a text is, with or without brackets; undefined when it is none. */
export function parseAddress(text: string): IpAddress | undefined {
  if (FOUR_TEXT.test(text)) return { tag: "ipv4", val: text.split(".").map(Number) as unknown as Four };
  const inner = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const groups = groupsOf(inner);
  return groups === undefined ? undefined : { tag: "ipv6", val: groups };
}

function groupsOf(text: string): Eight | undefined {
  if (!text.includes(":")) return undefined;
  const tail = text.slice(text.lastIndexOf(":") + 1);
  if (FOUR_TEXT.test(tail)) {
    const [a, b, c, d] = tail.split(".").map(Number) as unknown as Four;
    const group = (high: number, low: number): string => ((high << BYTE_BITS) | low).toString(HEXADECIMAL);
    return groupsOf(`${text.slice(0, -tail.length)}${group(a, b)}:${group(c, d)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const zeroes = GROUPS - head.length - rest.length;
  if (![...head, ...rest].every((group) => GROUP.test(group)) || (halves.length === 2 ? zeroes < 1 : zeroes !== 0)) return undefined;
  return [...head, ...new Array<string>(zeroes).fill("0"), ...rest].map((group) => Number.parseInt(group, HEXADECIMAL)) as unknown as Eight;
}

/** Where a socket address leads. */
function endpointOf(address: SocketAddress): Endpoint {
  return { address: textOf(ipOf(address)), port: address.val.port };
}

/** The socket address of an end of a connection. */
export function socketAddressOf({ address, port }: Endpoint): SocketAddress {
  const ip = parseAddress(address.replace(/%.*$/, ""));
  if (ip === undefined) return refuseAs("unknown");
  return ip.tag === "ipv4" ? { tag: "ipv4", val: { port, address: ip.val } } : { tag: "ipv6", val: { port, flowInfo: 0, address: ip.val, scopeId: 0 } };
}

/** Where a socket is to be bound. @throws ComponentError `invalid-argument` for what is no address of one */
export function localEndpoint(address: SocketAddress, family: Family): Endpoint {
  if (!isFor(address, family) || isShared(ipOf(address))) refuseAs("invalid-argument");
  return endpointOf(address);
}

/** Whom a socket may talk to. @throws ComponentError `invalid-argument` for nobody, or more than one */
export function remoteEndpoint(address: SocketAddress, family: Family): Endpoint {
  const isNobody = address.val.port === 0 || (address.val.address as readonly number[]).every((part) => part === 0);
  if (!isFor(address, family) || isNobody) refuseAs("invalid-argument");
  return endpointOf(address);
}

/** Likewise, and it is to be one. @throws ComponentError `invalid-argument` */
export function peerEndpoint(address: SocketAddress, family: Family): Endpoint {
  if (isShared(ipOf(address))) refuseAs("invalid-argument");
  return remoteEndpoint(address, family);
}

function ipOf({ tag, val }: SocketAddress): IpAddress {
  return tag === "ipv4" ? { tag, val: val.address } : { tag, val: val.address };
}

/** An address of IPv4 in the clothes of IPv6 is for no socket: none is for both. */
function isFor(address: SocketAddress, family: Family): boolean {
  if (address.tag !== family) return false;
  return address.tag === "ipv4" || !(address.val.address.slice(0, MAPPED_GROUP).every((group) => group === 0) && address.val.address[MAPPED_GROUP] === ALL_BITS);
}

/** Whether it is the address of many. */
function isShared({ tag, val }: IpAddress): boolean {
  if (tag === "ipv6") return (val[0] & MULTICAST_GROUP) === MULTICAST_GROUP;
  return (val[0] >= MULTICAST_FROM && val[0] <= MULTICAST_TO) || val.every((byte) => byte === BYTE_MAX);
}
