// What every runtime has to come to, without a capsule: `on-runtime.mjs NETWORK.js ENTRY.js PORTS`, all of it as URLs and JSON.
const [module, entry, json] = process.argv.slice(2);
const { openNetwork } = await import(module);
const ports = JSON.parse(json);
const network = openNetwork(new URL(entry));
const local = { address: "127.0.0.1", port: 0 };
const report = {};

/** Begins something, and waits until it told what is looked for. */
function begin(request) {
  const end = network.begin(request);
  const told = [];
  end.receive = (event) => told.push(event);
  const until = (isIt) => {
    const late = performance.now() + 10_000;
    for (;;) {
      network.poll();
      const found = told.find(isIt);
      if (found !== undefined) return found;
      if (performance.now() > late) throw new Error(`it did not come; there was ${JSON.stringify(told)}`);
      network.wait(1_000);
    }
  };
  return { end, told, until, first: () => until(() => true) };
}
const bytes = (text) => new TextEncoder().encode(text);
const textOf = (told) => told.map((event) => (event.event === "bytes" ? new TextDecoder().decode(event.bytes) : "")).join("");

const connection = begin({ kind: "connection", remote: { address: "127.0.0.1", port: ports.echo }, local: undefined });
report.connected = connection.first().remote.port === ports.echo;
connection.end.send({ order: "write", bytes: bytes("hello") });
connection.end.send({ order: "finish", trailers: [] });
connection.until(({ event }) => event === "end");
report.echoed = textOf(connection.told);

const listener = begin({ kind: "listener", local });
const { local: taken } = listener.first();
listener.end.send({ order: "listen", backlog: 5 });
const visitor = begin({ kind: "connection", remote: taken, local: undefined });
visitor.first();
report.accepted = listener.until(({ event }) => event === "accepted").remote.address;
report.inUse = begin({ kind: "listener", local: taken }).first().failure;
report.notHere = begin({ kind: "listener", local: { address: "192.0.2.0", port: 0 } }).first().failure;
listener.end.close();
report.refused = begin({ kind: "connection", remote: taken, local: undefined }).first().failure;
report.addresses = begin({ kind: "lookup", name: "localhost" }).first().addresses.includes("127.0.0.1");

const datagrams = begin({ kind: "datagrams", local });
datagrams.first();
datagrams.end.send({ order: "send", datagrams: [{ bytes: bytes("ping"), to: { address: "127.0.0.1", port: ports.datagrams } }] });
report.datagram = new TextDecoder().decode(datagrams.until((event) => event.event === "datagram" && event.from.port === ports.datagrams).bytes);

const ask = (port, path, { body, ...more } = {}) => {
  const request = { isSecure: false, host: "127.0.0.1", port, method: body === undefined ? "GET" : "POST", path, headers: [], firstByteMilliseconds: 300, betweenBytesMilliseconds: 300, ...more };
  const exchange = begin({ kind: "exchange", request });
  if (body !== undefined) exchange.end.send({ order: "write", bytes: bytes(body) });
  exchange.end.send({ order: "finish", trailers: [] });
  const { event, failure, trailers } = exchange.until((one) => one.event === "end" || one.event === "failed");
  const status = exchange.told.find((one) => one.event === "response")?.status;
  return [status, textOf(exchange.told), event === "end" ? trailers.map(([name]) => name) : failure];
};
report.answer = ask(ports.web, "/", { body: "to and fro" });
report.moved = ask(ports.web, "/moved");
report.secure = ask(ports.secure, "/", { isSecure: true, host: "localhost" });
for (const path of ["garbage", "early", "nothing", "both", "headers", "upgrade", "stall", "slow", "reset"]) report[path] = ask(ports.raw, `/${path}`);
console.log(JSON.stringify(report));
