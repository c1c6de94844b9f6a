// Turns are shared by fuel: who uses much does not keep others from little. Nothing here is timed.
import { beforeAll, describe, expect, it } from "vitest";
import type { Capsule, Host } from "../../host/contract/host.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

const MESSAGES = 200;

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 1 });
});

const load = (host: Host, name: string): Promise<Capsule> =>
  host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name, subscriptions: [name] } });

/** What each of some capsules had used whenever one of them was done with a message. */
interface Moment {
  readonly who: string;
  readonly fuel: Readonly<Record<string, number>>;
}

/** Hands many messages to each of some capsules at once, and writes down how far each is whenever a message was handled. */
async function race(scripts: Readonly<Record<string, string>>): Promise<Moment[]> {
  const capsules: Record<string, Capsule> = {};
  const moments: Moment[] = [];
  const log = ({ capsule }: { readonly capsule: string }): void => {
    moments.push({ who: capsule, fuel: Object.fromEntries(Object.entries(capsules).map(([name, { counters }]) => [name, counters.fuel])) });
  };
  // A turn that has no end in time: only fuel decides who is next.
  const host = await createHost({ log, platform: { ...nodePlatform, elapsed: () => 0 } });
  for (const name of Object.keys(scripts)) capsules[name] = await load(host, name);
  for (let sent = 0; sent < MESSAGES; sent += 1) for (const [name, text] of Object.entries(scripts)) void host.publish(name, `${text}\nl done`);
  await host.idle();
  await host.close();
  return moments;
}

const QUIET = "i";
/** Some two million units. */
const GREEDY = Array.from({ length: 200 }, () => "c out").join("\n");

describe("a capsule that uses little", () => {
  it("beside one that uses much, is done when that has hardly begun", async () => {
    const moments = await race({ greedy: GREEDY, quiet: QUIET });
    const last = moments.findLast(({ who }) => who === "quiet");
    const greedyBefore = moments.slice(0, moments.indexOf(last as Moment)).filter(({ who }) => who === "greedy").length;
    expect(moments).toHaveLength(2 * MESSAGES);
    expect(greedyBefore).toBeLessThanOrEqual(MESSAGES / 20);
  });

  it("as one of three that use the same, has as much as the others at any time, but for a turn", async () => {
    const work = Array.from({ length: 20 }, () => "c out").join("\n");
    const moments = await race({ a: work, b: work, c: work });
    // While all of them have messages.
    const busy = moments.slice(0, moments.length - 64);
    const most = Math.max(...busy.map(({ fuel }) => Math.max(...Object.values(fuel)) - Math.min(...Object.values(fuel))));
    expect(most).toBeLessThan(3_000_000);
  });

  it("beside one that uses much, lets that have as much, as long as both have messages", async () => {
    const moments = await race({ greedy: GREEDY, steady: Array.from({ length: 20 }, () => "c out").join("\n") });
    const both = moments.slice(0, moments.findLastIndex(({ who }) => who === "steady"));
    const { greedy = 0, steady = 0 } = both.at(-1)?.fuel ?? {};
    expect(greedy / steady).toBeGreaterThan(0.5);
    expect(greedy / steady).toBeLessThan(2);
  });
});

describe("a capsule that is alone", () => {
  it("has not to make up for anything: all its messages are handled, whatever they use", async () => {
    expect(await race({ greedy: GREEDY })).toHaveLength(MESSAGES);
  });
});
