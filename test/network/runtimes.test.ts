import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRuntime, RUNTIMES } from "../contract/runtimes.mjs";
import { selfSigned } from "./certificate.ts";
import { type Peers, startPeers } from "./peers.ts";
import { NETWORK_ENTRY } from "./platform.ts";

// The same is asked of every runtime that is there, in an environment that names a proxy and believes every certificate.

const SCRIPT = join(import.meta.dirname, "on-runtime.mjs");
const NETWORK = new URL("platform/node/network/network.js", NETWORK_ENTRY).href;
const here: { id: string; program: string }[] = [];
const missing: string[] = [];
for (const id of ["node20", "node24", "deno", "bun"] as const) {
  const { program, missing: why = "" } = findRuntime(id);
  if (program === undefined) missing.push(`${id} was left out: ${why}`);
  else here.push({ id, program });
}

let peers: Peers;
beforeAll(async () => {
  peers = await startPeers(selfSigned());
});
afterAll(() => peers.close());

describe("the network", () => {
  it.each(missing.length === 0 ? ["runs on every runtime"] : missing)("%s", () => expect(here.length).toBeGreaterThan(0));

  it.each(here)("is the same on $id", { timeout: 60_000 }, async ({ id, program }) => {
    const proxy = `http://127.0.0.1:${peers.ports.proxy}`;
    const env = { ...process.env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy, NO_PROXY: "", no_proxy: "", NODE_USE_ENV_PROXY: "1", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const { stdout } = await promisify(execFile)(program, [...(RUNTIMES[id]?.words ?? []), SCRIPT, NETWORK, NETWORK_ENTRY.href, JSON.stringify(peers.ports)], { env, timeout: 50_000 });
    expect(JSON.parse(stdout)).toEqual({
      connected: true,
      echoed: "hello",
      accepted: "127.0.0.1",
      inUse: "in-use",
      notHere: "not-bindable",
      refused: "refused",
      addresses: true,
      datagram: "ping",
      answer: [200, "to and fro", ["x-end"]],
      moved: [302, "", []],
      secure: [null, "", "tls-certificate"],
      garbage: [null, "", "protocol"],
      early: [200, "abc", "reset"],
      nothing: [null, "", "reset"],
      both: [null, "", "protocol"],
      headers: [null, "", "headers-too-large"],
      upgrade: [null, "", "protocol"],
      stall: [null, "", "read-timeout"],
      slow: [200, "ab", "read-timeout"],
      reset: [null, "", "reset"],
    });
    expect(peers.count("proxied")).toBe(0);
  });
});
