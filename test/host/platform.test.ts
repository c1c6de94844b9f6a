import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Platform } from "../../host/contract/platform.ts";
import { SEED_BYTES, SeededRandom } from "../../host/capability/random.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { anyPlatform } from "../../host/runtime/any-platform.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

const look = (payload: Uint8Array): { time: bigint; random: string } => ({
  time: new DataView(payload.buffer, payload.byteOffset).getBigUint64(0, true),
  random: Buffer.from(payload.subarray(16)).toString("hex"),
});

async function contextsOf(platform: Platform | undefined, times: number) {
  await using host = await createHost(platform === undefined ? {} : { platform });
  const seen: ReturnType<typeof look>[] = [];
  await host.load(script, { grants: ALL_GRANTS, manifest: SCRIPT_MANIFEST });
  host.subscribe("out", ({ payload }) => seen.push(look(payload)));
  for (let at = 0; at < times; at += 1) await host.publish("do", "c out");
  await host.idle();
  return seen;
}

describe("the platform", () => {
  it("may have its clock set back, and no capsule sees time go back", async () => {
    const clock = [5_000n, 3_000n, 4_000n, 9_000n];
    const platform: Platform = { ...nodePlatform, now: () => clock.shift() ?? 0n };
    expect((await contextsOf(platform, 4)).map(({ time }) => time)).toEqual([5_000n, 5_000n, 5_000n, 9_000n]);
  });

  it("seeds the random bytes of each transition, and nothing else decides them", async () => {
    let seed = 0;
    const platform: Platform = { ...nodePlatform, random: (length) => new Uint8Array(length).fill((seed += 1)) };
    const first = await contextsOf(platform, 2);
    const expected = [1, 2].map((value) => new SeededRandom(new Uint8Array(SEED_BYTES).fill(value)).bytes(16));
    expect(first.map(({ random }) => random)).toEqual(expected.map((bytes) => Buffer.from(bytes).toString("hex")));
  });

  it("is asked for its turn again after a few milliseconds, however many messages wait", async () => {
    let [now, turns] = [0, 0];
    const platform: Platform = {
      ...nodePlatform,
      // Each look at the clock takes a millisecond, and each call of a handler looks twice.
      elapsed: () => (now += 1_000_000),
      defer(callback) {
        turns += 1;
        nodePlatform.defer(callback);
      },
    };
    await contextsOf(platform, 100);
    expect(turns).toBeGreaterThan(100 / 3);
  });

  it("need not be given: what all runtimes have is enough", async () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const [seen] = await contextsOf(undefined, 1);
    expect(seen?.time).toBeGreaterThanOrEqual(before);
  });
});

describe.each([nodePlatform, anyPlatform])("the platform $name", ({ sha256 }) => {
  it("hashes with SHA-256, into bytes of its own", () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = new Uint8Array(length).fill(length);
      expect(Buffer.from(sha256(bytes)).toString("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
    const first = sha256(new Uint8Array(1));
    const copy = first.slice();
    copy.fill(0);
    sha256(new Uint8Array(2));
    expect(first).toEqual(sha256(new Uint8Array(1)));
    expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype);
  });
});
