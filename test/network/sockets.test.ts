import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { NETWORK_ENDS_MAX } from "../../host/contract/limits.ts";
import type { PolicySource } from "../../host/contract/policy.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { casesModule, foreignComponent, witOf } from "../dialect/foreign.ts";
import { type Running, start, textOf } from "../fixture/running.ts";
import { until } from "../fixture/threads.ts";
import { type Peers, startPeers } from "./peers.ts";
import { outsidePlatform } from "./platform.ts";

const imports = `
import { instanceNetwork } from "wasi:sockets/instance-network@0.2.3";
import { resolveAddresses } from "wasi:sockets/ip-name-lookup@0.2.3";
import { createTcpSocket } from "wasi:sockets/tcp-create-socket@0.2.3";
import { createUdpSocket } from "wasi:sockets/udp-create-socket@0.2.3";
import { poll } from "wasi:io/poll@0.2.2";
`;
const cases = `{
  visit(message) {
    const { socket, input, output } = connect(message);
    output.blockingWriteAndFlush(bytes("hello"));
    const local = socket.localAddress();
    const answer = text(input.blockingRead(100));
    socket.shutdown("send");
    const end = attempt(() => text(input.blockingRead(100)));
    return { answer, end, local: local.val.address, remote: socket.remoteAddress().val, after: attempt(() => output.write(bytes("x"))) };
  },
  connect: (message) => attempt(() => connect(message) && "connected"),
  lookup: (message) => attempt(() => lookup(header(message, "name"))),
  named(message) {
    const before = attempt(() => connect(message) && "connected");
    lookup("localhost");
    return [before, attempt(() => connect(message) && "connected")];
  },
  states() {
    const socket = createTcpSocket("ipv4");
    const loopback = at([127, 0, 0, 1], 0);
    const first = [attempt(() => socket.finishBind()), attempt(() => socket.finishConnect()), attempt(() => socket.startListen()), attempt(() => socket.accept()), attempt(() => socket.localAddress()), attempt(() => socket.shutdown("both"))];
    socket.startBind(network(), loopback);
    const during = [attempt(() => socket.finishBind()), attempt(() => socket.startBind(network(), loopback)), attempt(() => socket.startListen())];
    socket.subscribe().block();
    socket.finishBind();
    return { first, during, bound: [attempt(() => socket.startBind(network(), loopback)), socket.localAddress().val.port > 0] };
  },
  serve(message) {
    const socket = listener(Number(header(message, "port")));
    const [, input] = accept(socket);
    return { heard: text(input.blockingRead(100)), early: attempt(() => socket.accept()) };
  },
  bind: (message) => attempt(() => listener(Number(header(message, "port"))) && "bound"),
  datagrams(message) {
    const socket = datagramSocket(0);
    const [incoming, outgoing] = socket.stream(undefined);
    const to = at([127, 0, 0, 1], Number(header(message, "port")));
    outgoing.checkSend();
    const sent = attempt(() => outgoing.send([{ data: bytes("ping"), remoteAddress: to }]));
    if (sent.error) return sent;
    incoming.subscribe().block();
    return [sent, incoming.receive(10).map(({ data, remoteAddress }) => [text(data), remoteAddress.val.port === to.val.port])];
  },
  dataport: (message) => attempt(() => datagramSocket(Number(header(message, "port"))) && "bound"),
  greedy(message) {
    const sockets = [];
    const ended = attempt(() => { for (;;) { const { socket } = connect(message); sockets.push(socket); } });
    return [sockets.length, ended];
  },
  patient(message) {
    const { input, socket } = connect(message);
    const pollables = Array.from({ length: 9_999 }, () => input.subscribe());
    pollables.push(createTcpSocket("ipv4").subscribe());
    return [...poll(pollables)];
  },
  sip(message) {
    const { input } = connect(message);
    let read = 0;
    while (read < 100_000) read += input.blockingRead(10_000).length;
    return read;
  },
  keep(message) { globalThis.kept = connect(message); return "kept"; },
  trap() { tell.trap(); },
}`;
const tools = `
let own;
const network = () => (own ??= instanceNetwork());
const header = (message, name) => message.headers.find(([key]) => key === name)[1];
const at = (address, port) => ({ tag: "ipv4", val: { address, port } });
const connect = (message) => {
  const socket = createTcpSocket("ipv4");
  socket.startConnect(network(), at([127, 0, 0, 1], Number(header(message, "port"))));
  socket.subscribe().block();
  const [input, output] = socket.finishConnect();
  return { socket, input, output };
};
const lookup = (name) => {
  const stream = resolveAddresses(network(), name);
  stream.subscribe().block();
  const found = [];
  for (let one = stream.resolveNextAddress(); one; one = stream.resolveNextAddress()) found.push(one);
  return found;
};
const listener = (port) => {
  const socket = createTcpSocket("ipv4");
  socket.startBind(network(), at([127, 0, 0, 1], port));
  socket.subscribe().block();
  socket.finishBind();
  socket.startListen();
  socket.finishListen();
  return socket;
};
const accept = (socket) => { socket.subscribe().block(); return socket.accept(); };
const datagramSocket = (port) => {
  const socket = createUdpSocket("ipv4");
  socket.startBind(network(), at([127, 0, 0, 1], port));
  socket.subscribe().block();
  socket.finishBind();
  return socket;
};
`;

let component: Uint8Array;
let peers: Peers;
beforeAll(async () => {
  component = await foreignComponent({
    packages: [witOf("io"), witOf("sockets")],
    imports: ["instance-network", "ip-name-lookup", "tcp", "tcp-create-socket", "udp", "udp-create-socket"].map((name) => `wasi:sockets/${name}@0.2.3`).concat("wasi:io/poll@0.2.2", "doteros:capsule/messaging@0.1.0"),
    code: casesModule(imports, cases) + tools,
  });
}, 60_000);
beforeEach(async () => {
  await peers?.close();
  peers = await startPeers();
});
afterAll(() => peers?.close());

/** Loads the component with grants of the network. */
function startWith(net: readonly string[], policy?: PolicySource): Promise<Running> {
  const manifest = { capabilities: { publish: [">"], request: [">"], ...(net.length === 0 ? {} : { net }) }, retry: { attempts: 1 } };
  const load = { grants: ["publish=>", "request=>", "subscribe=>", ...net.map((one) => `net:${one}`)], limits: { fuelPerMessage: 20_000_000_000 } };
  return start(component, manifest, { platform: outsidePlatform, load, ...(policy === undefined ? {} : { policy }) });
}

/** Has it do something. Answers with what it published about it. */
async function ask({ host, heard }: Running, what: string, headers: Readonly<Record<string, string | number>> = {}): Promise<unknown> {
  await host.publish("do", what, { headers: Object.entries(headers).map(([name, value]) => [name, String(value)]) });
  await host.idle();
  const last = heard.at(-1);
  return last?.subject === "out" ? JSON.parse(textOf(last.payload)) : last && Object.fromEntries(last.headers);
}

it("talks over a connection that it was granted, and has both ends of it", async () => {
  const { echo } = peers.ports;
  const running = await startWith([`127.0.0.1:${echo}`]);
  expect(await ask(running, "visit", { port: echo })).toEqual({
    answer: "hello",
    end: { error: { tag: "closed" } },
    local: [127, 0, 0, 1],
    remote: { port: echo, address: [127, 0, 0, 1] },
    after: { error: { tag: "closed" } },
  });
  await running.host.close();
});

it("connects to nobody, looks nothing up and has no port without a grant", async () => {
  const { echo, datagrams } = peers.ports;
  const running = await startWith([]);
  expect(await ask(running, "connect", { port: echo })).toEqual({ error: "access-denied" });
  expect(await ask(running, "bind", { port: 0 })).toEqual({ error: "access-denied" });
  expect(await ask(running, "dataport", { port: 0 })).toEqual({ error: "access-denied" });
  expect(await ask(running, "lookup", { name: "localhost" })).toEqual({ error: "permanent-resolver-failure" });
  expect(await ask(running, "datagrams", { port: datagrams })).toMatchObject({ "dead-letter-code": "trap" });
  expect([peers.count("connections"), peers.count("datagrams")]).toEqual([0, 0]);
  await running.host.close();
});

it("connects to no other port than those it was granted, nor to another host", async () => {
  const { echo, endless, datagrams } = peers.ports;
  const running = await startWith([`127.0.0.1:${endless}`, `10.0.0.1:${echo}`, "*.example.com:*", "listen:*"]);
  expect(await ask(running, "connect", { port: echo })).toEqual({ error: "access-denied" });
  expect(running.lines).toMatchObject([{ level: "warn", message: expect.stringContaining(`--grant net:127.0.0.1:${echo}`) as string }]);
  expect(await ask(running, "datagrams", { port: datagrams })).toEqual({ error: "access-denied" });
  expect(await ask(running, "lookup", { name: "localhost" })).toEqual({ error: "permanent-resolver-failure" });
  expect(await ask(running, "lookup", { name: "notexample.com" })).toEqual({ error: "permanent-resolver-failure" });
  expect([peers.count("connections"), peers.count("datagrams")]).toEqual([0, 0]);
  await running.host.close();
});

it("reaches the addresses of a name that it was granted once it has looked it up, at the port that it was granted", async () => {
  const { echo, endless } = peers.ports;
  const running = await startWith([`localhost:${echo}`]);
  expect(await ask(running, "named", { port: echo })).toEqual([{ error: "access-denied" }, "connected"]);
  expect(await ask(running, "connect", { port: endless })).toEqual({ error: "access-denied" });
  await until(() => peers.count("connections") === 1);
  await running.host.close();
});

it("looks up names, and takes addresses as what they are", async () => {
  const running = await startWith(["localhost:1"]);
  expect(await ask(running, "lookup", { name: "LOCALHOST." })).toContainEqual({ tag: "ipv4", val: [127, 0, 0, 1] });
  expect(await ask(running, "lookup", { name: "192.0.2.7" })).toEqual([{ tag: "ipv4", val: [192, 0, 2, 7] }]);
  expect(await ask(running, "lookup", { name: "[dead:BEEF::1]" })).toEqual([{ tag: "ipv6", val: [0xdead, 0xbeef, 0, 0, 0, 0, 0, 1] }]);
  for (const name of ["", " ", "a b", "127.0.0.1:80", "[::1]:80", "http://localhost/", "a..b", `${"a".repeat(64)}.b`]) {
    expect(await ask(running, "lookup", { name })).toEqual({ error: "invalid-argument" });
  }
  await running.host.close();
});

it("is refused at load where there is no network, by name, when it asks for it, and denied there when it does not", async () => {
  const grants = ["publish=>", "request=>", "subscribe=>", "net:10.0.0.1:80"];
  const manifest = { capabilities: { publish: [">"], request: [">"], net: ["10.0.0.1:80"] } };
  const refused = { code: "unsupported", message: expect.stringMatching(/^script asks for net:10\.0\.0\.1:80, and there is nothing of that in /) as string };
  await expect(start(component, manifest, { platform: nodePlatform, load: { grants } })).rejects.toMatchObject(refused);
  const running = await start(component, { capabilities: { publish: [">"], request: [">"] } }, { platform: nodePlatform, load: { grants } });
  expect(await ask(running, "connect", { port: 80 })).toEqual({ error: "access-denied" });
  await running.host.close();
});

it("goes through the states of a socket as the specification has them", async () => {
  const running = await startWith(["listen:*"]);
  const error = (code: string): object => ({ error: code });
  const [invalid, idle] = [error("invalid-state"), error("not-in-progress")];
  expect(await ask(running, "states")).toEqual({
    first: [idle, idle, invalid, invalid, invalid, invalid],
    during: [error("would-block"), error("concurrency-conflict"), error("concurrency-conflict")],
    bound: [invalid, true],
  });
  await running.host.close();
});

it("lets others in at a port that it was granted, and has no other", async () => {
  const port = await freePort();
  const running = await startWith([`listen:${port}`, "*:*"]);
  expect(await ask(running, "bind", { port: 0 })).toEqual({ error: "access-denied" });
  expect(await ask(running, "dataport", { port: port + 1 })).toEqual({ error: "access-denied" });
  peers.visit(port);
  expect(await ask(running, "serve", { port })).toEqual({ heard: "hello from outside", early: { error: "would-block" } });
  await running.host.close();
});

it("exchanges datagrams with whom it was granted, and does not hear of others", async () => {
  const { datagrams } = peers.ports;
  const running = await startWith([`127.0.0.1:${datagrams}`]);
  expect(await ask(running, "datagrams", { port: datagrams })).toEqual([1, [["ping", true]]]);
  await running.host.close();
});

it("does nothing of it that the policy refuses, and the policy is told host and port", async () => {
  const { echo, endless } = peers.ports;
  const rules = `package doteros\nallow if not denied\ndenied if { input.operation == "net.connect"; input.resource == {"host": "127.0.0.1", "port": "${echo}"} }\ndenied if { input.operation == "net.lookup"; input.resource.host == "localhost" }\ndenied if input.operation == "net.listen"`;
  const running = await startWith(["*:*", "listen:*"], { modules: { "policy.rego": rules } });
  expect(await ask(running, "connect", { port: echo })).toEqual({ error: "access-denied" });
  expect(await ask(running, "lookup", { name: "localhost" })).toEqual({ error: "permanent-resolver-failure" });
  expect(await ask(running, "bind", { port: 0 })).toEqual({ error: "access-denied" });
  expect(peers.count("connections")).toBe(0);
  expect(await ask(running, "connect", { port: endless })).toBe("connected");
  await running.host.close();
});

it("tells of a port where nobody is", async () => {
  const port = await freePort();
  const running = await startWith([`127.0.0.1:${port}`]);
  expect(await ask(running, "connect", { port })).toEqual({ error: "connection-refused" });
  await running.host.close();
});

it("has so many sockets and no more, and none of them is left when the capsule is gone", async () => {
  const { echo } = peers.ports;
  const running = await startWith(["127.0.0.1:*"]);
  expect(await ask(running, "greedy", { port: echo })).toEqual([NETWORK_ENDS_MAX, { error: "new-socket-limit" }]);
  await running.host.close();
  await until(() => peers.count("open") === 0);
});

it("waits for ten thousand things at a time", async () => {
  const { echo } = peers.ports;
  const running = await startWith(["127.0.0.1:*"]);
  expect(await ask(running, "patient", { port: echo })).toEqual([9_999]);
  await running.host.close();
});

it("takes no more from a server that sends without end than it reads, and a window", async () => {
  const { endless } = peers.ports;
  const running = await startWith(["127.0.0.1:*"]);
  expect(await ask(running, "sip", { port: endless })).toBeGreaterThanOrEqual(100_000);
  // What the systems in between hold is theirs.
  expect(peers.count("sent")).toBeLessThan(20_000_000);
  await running.host.close();
});

it("keeps a connection from message to message, and closes it with the instance", async () => {
  const { echo } = peers.ports;
  const running = await startWith(["127.0.0.1:*"]);
  expect(await ask(running, "keep", { port: echo })).toBe("kept");
  await until(() => peers.count("open") === 1);
  expect(await ask(running, "trap")).toMatchObject({ "dead-letter-code": "trap" });
  expect(await ask(running, "lookup", { name: "10.0.0.1" })).toHaveLength(1);
  await until(() => peers.count("open") === 0);
  await running.host.close();
});

/** A port that nobody has at the moment. */
async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
