// What lite.test.ts asks of a page: one capsule in a small host, and what the page loaded for that.
import { createHost } from "doteros-wasm/lite";

async function run(): Promise<unknown> {
  const host = await createHost();
  const heard: string[] = [];
  host.subscribe("counted.>", ({ subject }) => void heard.push(subject));
  const bytes = new Uint8Array(await (await fetch("/capsule.wasm")).arrayBuffer());
  const capsule = await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] });
  await host.publish("readings.seattle", "21.5");
  await host.publish("readings.seattle", "22.5");
  await host.idle();
  const done = { transitions: capsule.counters.transitions, keys: [...capsule.state.entries()].length, digest: capsule.digest, heard };
  await host.close();
  return done;
}

const show = (result: unknown): void => {
  Object.assign(globalThis, { result });
};
run().then(show, (error: unknown) => show(String(error)));
