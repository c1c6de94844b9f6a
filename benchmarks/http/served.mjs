// Starts servers, each in a process of its own, and asks them from another one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
/** How long a server may take to answer for the first time: one transpiles before. */
const START_MILLISECONDS = 60_000;

export const PLAIN = { name: "plain", title: "node:http alone, no component", words: (_component, port) => [path("plain.mjs"), port] };
export const DOTEROS = {
  name: "doteros",
  title: "doteros-wasm serve",
  words: (component, port) => [path("../../dist/cli/main.js"), "serve", component, "--port", port],
};
export const DOTEROS_STORE = {
  name: "doteros-store",
  title: "doteros-wasm serve --store, each request on the disk",
  words: (component, port) => [...DOTEROS.words(component, port), "--store", join(dirname(component), `store-${process.pid}`)],
};
export const JCO = {
  name: "jco",
  title: "jco serve",
  isPeer: true,
  words: (component, port) => [join(dirname(createRequire(path("../thirdparty/")).resolve("@bytecodealliance/jco")), "jco.js"), "serve", component, "--port", port, "--host", "127.0.0.1"],
};

/**
 * Starts a server.
 *
 * @param {{ words: (component: string, port: string) => string[] }} contender
 * @param {string} component
 * @returns {Promise<{ url: string, end: () => Promise<void> }>} once it answers
 */
export async function serve({ words }, component) {
  const port = await freePort();
  const child = spawn(process.execPath, words(component, String(port)), { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (more) => (said += more));
  // Not "close": a server may leave someone behind who holds its streams.
  const exited = once(child, "exit");
  const end = async () => {
    child.kill();
    await exited;
    child.stderr.destroy();
  };
  const url = `http://127.0.0.1:${port}/`;
  for (const until = performance.now() + START_MILLISECONDS; performance.now() < until && child.exitCode === null; await wait(50)) {
    const answer = await fetch(url).then((response) => response.text(), () => undefined);
    if (answer === "Hello, world!\n") return { url, end };
    if (answer !== undefined) throw new Error(`it answered ${JSON.stringify(answer.slice(0, 200))}`);
  }
  await end();
  throw new Error(`it does not answer: ${said.trim().slice(-500)}`);
}

/** Asks a server for a while. @returns {Promise<{ perSecond: number, p50: number, p99: number }>} times in milliseconds */
export async function load(url, connections, milliseconds) {
  const child = spawn(process.execPath, [path("load.mjs"), url, String(connections), String(milliseconds)], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === "") throw new Error(said.trim().slice(-500));
  return JSON.parse(out);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
