import { as, type Offered } from "../interface.ts";
import type { Transition } from "../transition.ts";
import type { Dialect } from "./dialect.ts";
import { mustHaveAccess } from "./sockets/access.ts";
import { FAMILY, type Family, IP_ADDRESS, SOCKET_ADDRESS } from "./sockets/address.ts";
import { IncomingDatagramStream, OutgoingDatagramStream } from "./sockets/datagram-stream.ts";
import { ERROR_CODE } from "./sockets/error-code.ts";
import { resolveAddresses, ResolveAddressStream } from "./sockets/lookup.ts";
import { TcpSocket } from "./sockets/tcp-socket.ts";
import { UdpSocket } from "./sockets/udp-socket.ts";

// wasi:sockets. Importing it needs no grant, as every program in some languages does; what is not granted is denied when it is
// asked for.

const PACKAGE = (name: string): string => `wasi:sockets/${name}@0.2.6`;
const result = (type: string): string => `result<${type}, ${ERROR_CODE}>`;

/** The methods of a resource: what they take beside it, and what they answer. */
function methods(resource: string, types: Readonly<Record<string, readonly [parameters: string, answer: string]>>): Record<string, string> {
  const entries = Object.entries(types).map(([name, [parameters, answer]]): [string, string] => {
    const list = [`self: borrow<${resource}>`, ...(parameters === "" ? [] : [parameters])].join(", ");
    return [`[method]${resource}.${name}`, `func(${list}) -> ${answer}`];
  });
  return { [resource]: "resource", ...Object.fromEntries(entries) };
}

/** An option that is read and set. */
const option = (name: string, type: string): Record<string, readonly [string, string]> => ({
  [name]: ["", result(type)],
  [`set-${name}`]: [`value: ${type}`, result("_")],
});
const BIND = { "start-bind": [`network: borrow<network>, local-address: ${SOCKET_ADDRESS}`, result("_")], "finish-bind": ["", result("_")] } as const;
const ENDS = { "local-address": ["", result(SOCKET_ADDRESS)], "remote-address": ["", result(SOCKET_ADDRESS)], "address-family": ["", FAMILY] } as const;
const BUFFERS = { ...option("receive-buffer-size", "u64"), ...option("send-buffer-size", "u64") };
const SUBSCRIBE = { subscribe: ["", "pollable"] } as const;

const TCP: Offered = as(
  undefined,
  methods("tcp-socket", {
    ...BIND,
    "start-connect": [`network: borrow<network>, remote-address: ${SOCKET_ADDRESS}`, result("_")],
    "finish-connect": ["", result("tuple<input-stream, output-stream>")],
    "start-listen": ["", result("_")],
    "finish-listen": ["", result("_")],
    accept: ["", result("tuple<tcp-socket, input-stream, output-stream>")],
    ...ENDS,
    "is-listening": ["", "bool"],
    "set-listen-backlog-size": ["value: u64", result("_")],
    ...option("keep-alive-enabled", "bool"),
    ...option("keep-alive-idle-time", "u64"),
    ...option("keep-alive-interval", "u64"),
    ...option("keep-alive-count", "u32"),
    ...option("hop-limit", "u8"),
    ...BUFFERS,
    ...SUBSCRIBE,
    shutdown: ["shutdown-type: enum { receive, send, both }", result("_")],
  }),
);
const UDP: Offered = as(undefined, {
  ...methods("udp-socket", {
    ...BIND,
    stream: [`remote-address: option<${SOCKET_ADDRESS}>`, result("tuple<incoming-datagram-stream, outgoing-datagram-stream>")],
    ...ENDS,
    ...option("unicast-hop-limit", "u8"),
    ...BUFFERS,
    ...SUBSCRIBE,
  }),
  ...methods("incoming-datagram-stream", {
    receive: ["max-results: u64", result(`list<record { data: list<u8>, remote-address: ${SOCKET_ADDRESS} }>`)],
    ...SUBSCRIBE,
  }),
  ...methods("outgoing-datagram-stream", {
    "check-send": ["", result("u64")],
    send: [`datagrams: list<record { data: list<u8>, remote-address: option<${SOCKET_ADDRESS}> }>`, result("u64")],
    ...SUBSCRIBE,
  }),
});

/** wasi:sockets. */
export const DIALECT: Dialect = {
  interfaces: {
    [PACKAGE("network")]: as(undefined, { network: "resource" }),
    [PACKAGE("instance-network")]: as(undefined, { "instance-network": "func() -> network" }),
    [PACKAGE("ip-name-lookup")]: as(undefined, {
      "resolve-addresses": `func(network: borrow<network>, name: string) -> ${result("resolve-address-stream")}`,
      ...methods("resolve-address-stream", { "resolve-next-address": ["", result(`option<${IP_ADDRESS}>`)], ...SUBSCRIBE }),
    }),
    [PACKAGE("tcp")]: TCP,
    [PACKAGE("tcp-create-socket")]: as(undefined, { "create-tcp-socket": `func(address-family: ${FAMILY}) -> ${result("tcp-socket")}` }),
    [PACKAGE("udp")]: UDP,
    [PACKAGE("udp-create-socket")]: as(undefined, { "create-udp-socket": `func(address-family: ${FAMILY}) -> ${result("udp-socket")}` }),
  },
  make: ({ transition }) => ({
    [PACKAGE("network")]: { Network },
    [PACKAGE("instance-network")]: { instanceNetwork: () => new Network() },
    [PACKAGE("ip-name-lookup")]: { resolveAddresses: (_network: Network, name: string) => resolveAddresses(transition, name), ResolveAddressStream },
    [PACKAGE("tcp")]: { TcpSocket },
    [PACKAGE("tcp-create-socket")]: { createTcpSocket: (family: Family) => new TcpSocket(transition, accessFor(transition), family) },
    [PACKAGE("udp")]: { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream },
    [PACKAGE("udp-create-socket")]: { createUdpSocket: (family: Family) => new UdpSocket(transition, accessFor(transition), family) },
  }),
};

const accessFor = (transition: Transition): ReturnType<typeof mustHaveAccess> => mustHaveAccess(transition);

/** The resource `network` of wasi:sockets: there is one, and what may be reached through it was granted. */
class Network {
  readonly isWhole = true;
}
