// Asks a server over and over on connections that stay open, and says how long answers took. It speaks just enough HTTP, on bare
// sockets, to be no slower than who it measures. In a process of its own: `node load.mjs URL CONNECTIONS MILLISECONDS`.
import { connect } from "node:net";

const PATIENCE_MILLISECONDS = 30_000;
const HEAD_END = "\r\n\r\n";

/**
 * One connection, which asks again when it has its answer.
 *
 * @param {{ hostname: string, port: string, pathname: string }} url
 * @param {(milliseconds: number) => boolean} answered says whether to go on
 * @returns {Promise<void>} when it is told to stop
 */
function ask({ hostname, port, pathname }, answered) {
  const request = `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: */*\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    let text = "";
    let began = 0;
    const send = () => {
      began = performance.now();
      socket.write(request);
    };
    socket.on("connect", send).on("error", reject).on("close", () => reject(new Error("the server hung up")));
    socket.setEncoding("latin1").on("data", (/** @type {string} */ chunk) => {
      text = text === "" ? chunk : text + chunk;
      const end = endOf(text);
      if (end === undefined) return;
      if (!text.startsWith("HTTP/1.1 200 ")) return reject(new Error(`it answered ${text.slice(0, 200)}`));
      text = text.slice(end);
      if (answered(performance.now() - began)) send();
      else {
        socket.removeAllListeners("close").destroy();
        resolve();
      }
    });
  });
}

/** Where the first response ends, by its length or its last chunk; nothing as long as it has not. */
function endOf(text) {
  const head = text.indexOf(HEAD_END);
  if (head < 0) return undefined;
  const length = /^content-length: *(\d+)\r$/im.exec(text.slice(0, head + 2))?.[1];
  if (length === undefined) {
    const last = text.indexOf(`\r\n0${HEAD_END}`, head + 2);
    return last < 0 ? undefined : last + 3 + HEAD_END.length;
  }
  const end = head + HEAD_END.length + Number(length);
  return text.length < end ? undefined : end;
}

const [, , address, connections, milliseconds] = process.argv;
const until = performance.now() + Number(milliseconds);
const began = performance.now();
const samples = [];
const answered = (sample) => {
  samples.push(sample);
  return performance.now() < until;
};
// An answer that never comes must not be waited for.
setTimeout(() => {
  throw new Error("a connection has had no answer for too long");
}, Number(milliseconds) + PATIENCE_MILLISECONDS).unref();
await Promise.all(Array.from({ length: Number(connections) }, () => ask(new URL(address), answered)));
const seconds = (performance.now() - began) / 1_000;
samples.sort((a, b) => a - b);
const at = (share) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))];
console.log(JSON.stringify({ requests: samples.length, perSecond: samples.length / seconds, p50: at(0.5), p99: at(0.99) }));
