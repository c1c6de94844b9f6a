// Servers in a thread of their own: a capsule that waits for one blocks the thread that the test is in. Counts who came.
import { createSocket } from "node:dgram";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { counts, certificate } = workerData;
const COUNTED = ["connections", "open", "sent", "datagrams", "requests", "proxied"];
const add = (name, count) => Atomics.add(counts, COUNTED.indexOf(name), count);

/** What a server answers that is none, by the path that it is asked for. */
const RAW = {
  "/garbage": "what is this\r\n\r\n",
  "/early": "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc",
  "/large": `HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n${"a".repeat(1_000_000)}`,
  "/nothing": "",
  "/both": "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  "/headers": `HTTP/1.1 200 OK\r\nx-long: ${"a".repeat(100_000)}\r\n\r\n`,
  "/upgrade": "HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n",
};

const echo = createServer({ allowHalfOpen: true }, (socket) => {
  watch(socket);
  socket.pipe(socket);
});
/** Sends as long as somebody takes it. */
const endless = createServer((socket) => {
  watch(socket);
  const more = () => {
    while (socket.writable && socket.write(Buffer.alloc(65_536), (error) => (error ?? undefined) === undefined && add("sent", 65_536)));
  };
  socket.on("drain", more);
  more();
});
const raw = createServer((socket) => {
  watch(socket);
  socket.once("data", (data) => {
    const path = String(data).split(" ", 2)[1];
    if (path === "/reset") socket.resetAndDestroy();
    else if (path === "/slow") socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab");
    else if (path !== "/stall") socket.end(RAW[path]);
  });
});
const web = createHttpServer(respond);
const secure = certificate === undefined ? undefined : createHttpsServer(certificate, respond);
const proxy = createServer((socket) => {
  add("proxied", 1);
  socket.destroy();
});

function watch(socket) {
  add("connections", 1);
  add("open", 1);
  socket.on("error", () => undefined);
  socket.on("close", () => add("open", -1));
}

function respond(request, response) {
  add("requests", 1);
  if (request.url === "/moved") return response.writeHead(302, { location: `http://127.0.0.1:${web.address().port}/echo` }).end();
  response.on("error", () => undefined);
  response.writeHead(200, { "x-method": request.method, "x-path": request.url, "x-host": request.headers.host, "x-framing": request.headers["content-length"] ?? request.headers["transfer-encoding"] ?? "none", trailer: "x-end" });
  request.on("end", () => response.addTrailers({ "x-end": `asked ${JSON.stringify(request.trailers)}` }));
  request.pipe(response);
}

const datagrams = createSocket("udp4");
const stranger = createSocket("udp4");
datagrams.on("message", (message, from) => {
  add("datagrams", 1);
  // Somebody else answers first.
  stranger.send("from a stranger", from.port, from.address, () => datagrams.send(message, from.port, from.address));
});

const listening = (server) =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
const bound = (socket) =>
  new Promise((resolve) => {
    socket.bind(0, "127.0.0.1", () => resolve(socket.address().port));
  });

await bound(stranger);
const ports = {
  echo: await listening(echo),
  endless: await listening(endless),
  raw: await listening(raw),
  web: await listening(web),
  proxy: await listening(proxy),
  secure: secure === undefined ? 0 : await listening(secure),
  datagrams: await bound(datagrams),
};
parentPort.postMessage(ports, []);
// Connects to a port until somebody is there, and says something.
parentPort.on("message", (port) => {
  const attempt = () => {
    const socket = connect(port, "127.0.0.1", () => socket.end("hello from outside"));
    socket.on("error", () => setTimeout(attempt, 20));
    socket.resume();
  };
  attempt();
});
