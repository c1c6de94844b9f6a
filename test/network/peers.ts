import { Worker } from "node:worker_threads";
import type { Certificate } from "./certificate.ts";

const COUNTED = ["connections", "open", "sent", "datagrams", "requests", "proxied"] as const;

/** Servers on the loopback interface, and what they counted. */
export interface Peers {
  /** Where they are, by what they do. */
  readonly ports: Readonly<Record<"echo" | "endless" | "raw" | "web" | "secure" | "proxy" | "datagrams", number>>;
  count(what: (typeof COUNTED)[number]): number;
  /** Has somebody connect to a port and say something, as soon as there is one. */
  visit(port: number): void;
  close(): Promise<void>;
}

/** Starts servers in a thread of their own. */
export async function startPeers(certificate?: Certificate): Promise<Peers> {
  const counts = new Int32Array(new SharedArrayBuffer(COUNTED.length * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("peer-thread.mjs", import.meta.url), { workerData: { counts, certificate } });
  const ports = await new Promise<Peers["ports"]>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return {
    ports,
    count: (what) => Atomics.load(counts, COUNTED.indexOf(what)),
    visit: (port) => worker.postMessage(port, []),
    async close() {
      await worker.terminate();
    },
  };
}
