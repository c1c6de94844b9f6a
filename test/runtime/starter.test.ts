import { describe, expect, it } from "vitest";
import { start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

/** A script capsule whose `start` puts "started", and then does what is said here. */
const starting = (then: string): Promise<Uint8Array> =>
  scriptCapsule({
    world: "starting-capsule",
    wat: `
      (data (i32.const 280) "started too-early")
      (func (export "doteros:capsule/starter@0.1.0#start") (result i32)
        (call $put (i32.const 280) (i32.const 7) (i32.const 256) (i32.const 5) (i32.const 64))
        ${then}
        (i32.const 64))`,
  });

describe("a capsule with a starter", () => {
  it("is started once for each instance, as part of its first message", async () => {
    const { send, entries, texts, capsule, host } = await start(await starting(""), { retry: { attempts: 1 } });
    expect(entries()).toEqual({});
    await send("p a 1\ns out.keys");
    expect(texts()).toEqual(["out.keys a,started"]);
    expect(capsule.state.version).toBe(1n);
    await send("d started");
    await send("s out.keys");
    await send("t");
    expect(entries()).toEqual({ a: "1" });
    await send("s out.keys");
    expect(texts().filter((text) => text.startsWith("out"))).toEqual(["out.keys a,started", "out.keys a", "out.keys a,started"]);
    await host.close();
  });

  it("is started again when its first message failed, because what start wrote was undone", async () => {
    const { send, entries, capsule, host } = await start(await starting(""), { retry: { attempts: 1 } });
    await send("f no");
    expect(entries()).toEqual({});
    await send("p a 1");
    expect(entries()).toEqual({ a: "1", started: "reply" });
    expect(capsule.counters).toMatchObject({ faults: 1, transitions: 1, deadLettered: 1 });
    await host.close();
  });

  it("fails on the message when start answers with a fault", async () => {
    const failing = "(i32.store8 (i32.const 64) (i32.const 1)) (i32.store8 (i32.const 68) (i32.const 3)) (i32.store (i32.const 72) (i32.const 288)) (i32.store (i32.const 76) (i32.const 9))";
    const { send, entries, heard, capsule, host } = await start(await starting(failing));
    await send("p a 1");
    expect(entries()).toEqual({});
    expect(heard[0]?.headers).toContainEqual(["dead-letter-reason", "failed: too-early"]);
    expect(capsule.counters).toMatchObject({ faults: 3, retries: 2, deadLettered: 1, transitions: 0 });
    await host.close();
  });

  it("fails on the message when start traps", async () => {
    const { send, entries, capsule, host } = await start(await starting("unreachable"), { retry: { attempts: 2 } });
    await send("p a 1");
    expect(entries()).toEqual({});
    expect(capsule.counters).toMatchObject({ traps: 2, deadLettered: 1 });
    await host.close();
  });
});
