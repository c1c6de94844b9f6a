import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NETWORK_ENDS_MAX, NETWORK_WINDOW_BYTES } from "../../host/contract/limits.ts";
import type { NetworkEvent, NetworkRequest } from "../../host/contract/network.ts";
import { openNetwork, type OwnNetwork } from "../../host/platform/node/network/network.ts";
import { until } from "../fixture/threads.ts";
import { type Peers, startPeers } from "./peers.ts";
import { NETWORK_ENTRY } from "./platform.ts";

let peers: Peers;
beforeAll(async () => {
  peers = await startPeers();
});
afterAll(() => peers.close());

const connectionTo = (port: number): NetworkRequest => ({ kind: "connection", remote: { address: "127.0.0.1", port }, local: undefined });

/** Begins something, and waits for what is told of it first. */
function begin(network: OwnNetwork, request: NetworkRequest) {
  const end = network.begin(request);
  if (end === undefined) throw new Error("there are too many");
  const told: NetworkEvent[] = [];
  end.receive = (event) => told.push(event);
  while (told.length === 0) {
    network.wait(1_000);
    network.poll();
  }
  return { end, told };
}

/** The threads of this process, where the system tells. */
const TASKS = "/proc/self/task";
const systems = existsSync(TASKS) ? [process.platform] : [];
const threads = (): number => readdirSync(TASKS).length;

describe("the thread for the network", () => {
  it.each(systems)("starts with the first use, is one for all, and ends when nobody has the network open (on %s)", async () => {
    const before = threads();
    const [one, other] = [openNetwork(NETWORK_ENTRY), openNetwork(NETWORK_ENTRY)];
    one.poll();
    expect(threads()).toBe(before);
    begin(one, connectionTo(peers.ports.echo));
    const started = threads();
    expect(started).toBeGreaterThan(before);
    begin(other, connectionTo(peers.ports.echo));
    expect(threads()).toBe(started);
    one.close();
    begin(other, connectionTo(peers.ports.echo));
    other.close();
    await until(() => threads() <= before);
    await until(() => peers.count("open") === 0);
  });

  it("ends what one began when that one is released, and leaves the others'", async () => {
    const [one, other] = [openNetwork(NETWORK_ENTRY), openNetwork(NETWORK_ENTRY)];
    begin(one, connectionTo(peers.ports.echo));
    begin(other, connectionTo(peers.ports.echo));
    await until(() => peers.count("open") === 2);
    one.release();
    await until(() => peers.count("open") === 1);
    begin(one, connectionTo(peers.ports.echo));
    await until(() => peers.count("open") === 2);
    one.close();
    other.close();
    await until(() => peers.count("open") === 0);
    expect(peers.count("open")).toBe(0);
  });

  it("holds no more of what arrives than a window, and goes on when it was taken", () => {
    const network = openNetwork(NETWORK_ENTRY);
    const { end, told } = begin(network, connectionTo(peers.ports.endless));
    const arrived = (): number => told.reduce((sum, event) => sum + (event.event === "bytes" ? event.bytes.length : 0), 0);
    /** Until nothing comes any more. */
    const settle = (): number => {
      for (let last = -1; arrived() !== last; network.poll()) {
        last = arrived();
        network.wait(200);
        network.poll();
      }
      return arrived();
    };
    const first = settle();
    expect(first).toBeGreaterThanOrEqual(NETWORK_WINDOW_BYTES);
    expect(first).toBeLessThan(2 * NETWORK_WINDOW_BYTES);
    end.send({ order: "taken", count: first });
    expect(settle()).toBeGreaterThan(first);
    network.close();
  });

  it("begins no more than so many things for one, and again when some are over", () => {
    const network = openNetwork(NETWORK_ENTRY);
    const ends = Array.from({ length: NETWORK_ENDS_MAX }, () => network.begin({ kind: "lookup", name: "localhost" }));
    expect(ends.every((end) => end !== undefined)).toBe(true);
    expect(network.begin({ kind: "lookup", name: "localhost" })).toBeUndefined();
    ends[0]?.close();
    expect(network.begin({ kind: "lookup", name: "localhost" })).toBeDefined();
    network.close();
  });

  it("waits as long as it is told when nothing comes, and is woken by what does", () => {
    const network = openNetwork(NETWORK_ENTRY);
    expect(network.wait(1)).toBeUndefined();
    begin(network, connectionTo(peers.ports.echo));
    const began = performance.now();
    expect(network.wait(50)).toBe(false);
    expect(performance.now() - began).toBeGreaterThanOrEqual(45);
    network.begin(connectionTo(peers.ports.echo));
    expect(network.wait(10_000)).toBe(true);
    network.close();
  });

  it("tells that it failed where it cannot do what it is asked, and does the next thing", () => {
    const network = openNetwork(NETWORK_ENTRY);
    const request = { isSecure: false, host: "127.0.0.1", port: peers.ports.web, method: "GET", path: "/a b\n", headers: [], connectMilliseconds: undefined, firstByteMilliseconds: undefined, betweenBytesMilliseconds: undefined };
    expect(begin(network, { kind: "exchange", request }).told).toMatchObject([{ event: "failed" }]);
    expect(begin(network, { kind: "connection", remote: { address: "127.0.0.1", port: 99_999 }, local: undefined }).told).toMatchObject([{ event: "failed", failure: "invalid" }]);
    expect(begin(network, connectionTo(peers.ports.echo)).told).toMatchObject([{ event: "open" }]);
    network.close();
  });
});
