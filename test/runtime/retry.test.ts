import { beforeAll, describe, expect, it } from "vitest";
import { SCRIPT_MANIFEST, headersOf, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

describe("a message that a capsule fails on", () => {
  it("is tried three times when the manifest does not say", async () => {
    const { send, capsule, host } = await start(script);
    await send("f no");
    expect(capsule.counters).toMatchObject({ messages: 1, faults: 3, retries: 2, deadLettered: 1, transitions: 0 });
    await host.close();
  });

  it("is a success when a later attempt is", async () => {
    // A trap replaces the instance, and only a new one has seen one message.
    const { send, capsule, entries, host } = await start(script, { retry: { attempts: 2 } });
    await send("p a 1");
    await send("o");
    await send("p b 2\no");
    expect(capsule.counters).toMatchObject({ messages: 3, transitions: 3, traps: 2, retries: 2, deadLettered: 0 });
    expect(entries()).toEqual({ a: "1", b: "2" });
    await host.close();
  });

  it("goes to the dead letters as it was, with why", async () => {
    const { host, heard, capsule } = await start(script, { retry: { attempts: 2 } });
    const headers = [["trace", "1"]] as const;
    await host.publish("do", "p a 1\nf no-such-city", { replyTo: "who.asked", contentType: "text/plain", dataType: "script/1", headers });
    await host.publish("do", "t");
    await host.idle();
    const [fault, trap] = heard;
    expect(fault).toMatchObject({ subject: "dlq.script", replyTo: "who.asked", contentType: "text/plain", dataType: "script/1" });
    expect(fault?.headers).toEqual([
      ["trace", "1"],
      ["dead-letter-reason", "failed: no-such-city"],
      ["dead-letter-code", "capsule-fault"],
      ["dead-letter-subject", "do"],
      ["dead-letter-attempts", "2"],
      ["dead-letter-capsule", "script"],
      ["dead-letter-index", "1"],
    ]);
    expect(headersOf(trap)).toMatchObject({
      "dead-letter-code": "trap",
      "dead-letter-reason": expect.stringContaining("unreachable") as string,
      "dead-letter-index": "2",
    });
    expect(capsule.counters).toMatchObject({ deadLettered: 2, dropped: 0 });
    await host.close();
  });

  it("cannot put line breaks into the header with its reason, nor make it endless", async () => {
    const { send, heard, host } = await start(script, { retry: { attempts: 1 } });
    await send("f a\rb\u0000c");
    await send(`f ${"x".repeat(10_000)}`);
    expect(headersOf(heard[0])["dead-letter-reason"]).toBe("failed: a b c");
    expect(headersOf(heard[1])["dead-letter-reason"]).toHaveLength(4_097);
    await host.close();
  });

  it("waits between attempts, and keeps the messages after it in order", async () => {
    const { host, texts, capsule } = await start(script, { retry: { attempts: 3, backoffMilliseconds: 30 } });
    const started = performance.now();
    await host.publish("do", "f no");
    await host.publish("do", "m out.after x");
    await host.idle();
    expect(performance.now() - started).toBeGreaterThan(55);
    expect(texts()).toEqual(["dlq.script f no", "out.after x"]);
    expect(capsule.counters).toMatchObject({ faults: 3, retries: 2 });
    await host.close();
  });

  it("does not hold up other capsules while it waits", async () => {
    const { host, texts } = await start(script, { retry: { attempts: 2, backoffMilliseconds: 50 } });
    const other = { ...SCRIPT_MANIFEST, name: "other", subscriptions: ["do.other"] };
    await host.load(script, { manifest: other, grants: ["state", "publish=>", "request=>", "subscribe=>", "log", "context"] });
    await host.publish("do", "f no");
    await host.publish("do.other", "m out.other x");
    await host.idle();
    expect(texts()).toEqual(["do.other m out.other x", "out.other x", "dlq.script f no"]);
    await host.close();
  });
});

describe("a dead letter", () => {
  it("can be handled by another capsule", async () => {
    const capabilities = { state: true, publish: ["nothing"], request: [], log: true, context: true } as const;
    const { host, send, texts } = await start(script, { capabilities, retry: { attempts: 1 } });
    const mender = { ...SCRIPT_MANIFEST, name: "mender", subscriptions: ["dlq.script"] };
    await host.load(script, { manifest: mender, grants: ["state", "publish=>", "request=>", "subscribe=>", "log", "context"] });
    await send("m out.mended x");
    expect(texts()).toEqual(["dlq.script m out.mended x", "out.mended x"]);
    await host.close();
  });

  it("that a capsule fails on is not dead-lettered again, but counted and named", async () => {
    const { host, send, texts, lines, capsule } = await start(script, { retry: { attempts: 1 }, subscriptions: ["do", "dlq.>"] });
    const other = { ...SCRIPT_MANIFEST, name: "other", subscriptions: ["dlq.>"], retry: { attempts: 2 } };
    const second = await host.load(script, { manifest: other, grants: ["state", "publish=>", "request=>", "subscribe=>", "log", "context"] });
    await send("f no");
    expect(texts()).toEqual(["dlq.script f no"]);
    expect(capsule.counters).toMatchObject({ messages: 2, deadLettered: 1, dropped: 1 });
    expect(second.counters).toMatchObject({ messages: 1, faults: 2, deadLettered: 0, dropped: 1 });
    const dropped = lines.filter(({ context }) => context === "doteros");
    expect(dropped.map(({ capsule: name, level, message }) => `${name} ${level} ${message}`).sort()).toEqual([
      "other error dropped the dead letter dlq.script, attempts 2: capsule-fault: failed: no",
      "script error dropped the dead letter dlq.script, attempts 1: capsule-fault: failed: no",
    ]);
    await host.close();
  });
});
