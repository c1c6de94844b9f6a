// One process with many capsules, which tells what they take: live ones without a store, or ones that sleep in a dotstore.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createHost, openDotstore } from "doteros-wasm/node";

const [count, folder] = [Number(process.argv[2]), process.argv[3] === "asleep" ? mkdtempSync(path.join(tmpdir(), "doteros-")) : undefined];
const bytes = readFileSync(new URL("../.build/capsules/counter/counter.wasm", import.meta.url));
const KIBIBYTE = 1_024;
/** Those that stay awake where the others sleep. */
const AWAKE = 100;
const WAKES = 200;
const manifest = (at) => ({ name: `counter-${at}`, version: "0.1.0", capabilities: { state: true, publish: ["counted.>"] }, subscriptions: [`readings.${at}`] });
const grants = ["state", "publish=counted.>", "subscribe=readings.*"];

const store = folder === undefined ? undefined : await openDotstore(folder);
const host = await createHost({ ...(store === undefined ? {} : { store }), sleep: { afterMilliseconds: "never", awakeMax: folder === undefined ? count + 1 : AWAKE } });
const capsules = [];
// What the first one brings with it is everyone's.
capsules.push(await host.load(bytes, { grants, manifest: manifest("first") }));
const before = memory();
const began = performance.now();
for (let at = 0; at < count; at += 1) {
  capsules.push(await host.load(bytes, { grants, manifest: manifest(at) }));
  if (at % KIBIBYTE === 0) await host.idle();
}
await host.idle();
const loading = (performance.now() - began) / count;
const after = memory();
const isAsleep = capsules.filter((capsule) => capsule.isAsleep).length;

// From when a message is sent to when the capsule has handled it: the disk is nobody's concern until then.
const samples = [];
for (let at = 0; at < WAKES; at += 1) {
  const capsule = capsules[at + 1];
  const sent = performance.now();
  host.publish(`readings.${at}`, "1").catch(() => undefined);
  while (capsule.counters.transitions === 0) await new Promise(setImmediate);
  samples.push(performance.now() - sent);
}
samples.sort((a, b) => a - b);
process.send({
  count,
  isAsleep,
  loading,
  residentKibibytes: (after.resident - before.resident) / count / KIBIBYTE,
  heapKibibytes: (after.heap - before.heap) / count / KIBIBYTE,
  first: { median: samples[WAKES / 2], p90: samples[Math.floor(WAKES * 0.9)] },
});
await host.close();
await store?.close();
if (folder !== undefined) rmSync(folder, { recursive: true });

function memory() {
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed };
}
