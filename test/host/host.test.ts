import { setImmediate as turn } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../host/contract/message.ts";
import { createHost } from "../../host/node.ts";
import { ALL_GRANTS, headersOf, SCRIPT_MANIFEST, start, textOf } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

/** Whether a promise is settled by now. */
function watch(promise: Promise<unknown>): { done: boolean } {
  const state = { done: false };
  const settle = (): void => {
    state.done = true;
  };
  promise.then(settle, settle);
  return state;
}

describe("publish", () => {
  it("waits while a mailbox is full, in order, and nothing is dropped", async () => {
    await using host = await createHost({ mailbox: { messagesMax: 2 } });
    const capsule = await host.load(script, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS });
    const heard: string[] = [];
    host.subscribe("out", ({ payload }) => heard.push(textOf(payload)));
    const publishes = Array.from({ length: 10 }, (_, at) => watch(host.publish("do", `m out ${at}`)));
    await Promise.resolve();
    expect(publishes.map(({ done }) => done)).toEqual([true, true, ...new Array<boolean>(8).fill(false)]);
    await host.idle();
    await turn();
    expect(publishes.every(({ done }) => done)).toBe(true);
    expect(heard).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(capsule.counters).toMatchObject({ messages: 10, transitions: 10 });
  });

  it("takes a copy of the payload, and everyone who hears it has one", async () => {
    await using host = await createHost();
    const payload = Buffer.from("before");
    const heard: string[] = [];
    const spoil = ({ payload: own }: Message): void => {
      heard.push(textOf(own));
      own.fill(0);
    };
    host.subscribe("a", spoil);
    host.subscribe("a", spoil);
    await host.publish("a", payload);
    payload.write("after!");
    await host.idle();
    expect(heard).toEqual(["before", "before"]);
  });

  it("carries what else a message has", async () => {
    const { host, heard } = await start(script);
    await host.publish("a", "x", { replyTo: "b", contentType: "text/plain", dataType: "t", headers: [["k", "v"], ["k", "w"]] });
    await host.idle();
    expect(heard).toMatchObject([{ subject: "a", replyTo: "b", contentType: "text/plain", dataType: "t", headers: [["k", "v"], ["k", "w"]] }]);
    await host.close();
  });

  it("refuses what is not a message", async () => {
    await using host = await createHost();
    await expect(host.publish("a..b", "x")).rejects.toMatchObject({ code: "invalid-subject" });
    await expect(host.publish("a.>", "x")).rejects.toMatchObject({ code: "invalid-subject" });
    await expect(host.publish("a", new Uint8Array(1_048_577))).rejects.toMatchObject({ code: "invalid-message" });
    await expect(host.publish("a", "x", { headers: [["a b", "x"]] })).rejects.toMatchObject({ code: "invalid-message" });
    await expect(host.publish("a", 3 as unknown as string)).rejects.toMatchObject({ code: "invalid-message" });
    await expect(host.publish(3 as unknown as string, "x")).rejects.toMatchObject({ code: "invalid-subject" });
  });

  it("counts what nobody hears", async () => {
    await using host = await createHost();
    host.subscribe("a", () => undefined);
    await host.publish("a", "x");
    await host.publish("b", "x");
    expect(host.counters).toEqual({ published: 2, unheard: 1, repeated: 0 });
  });
});

describe("subscribe", () => {
  it("calls the handler later, with every message on its pattern until it ends", async () => {
    await using host = await createHost();
    const heard: string[] = [];
    const subscription = host.subscribe("a.*", ({ subject }) => heard.push(subject));
    await host.publish("a.b", "x");
    await host.publish("a", "x");
    expect(heard).toEqual([]);
    await host.idle();
    await host.publish("a.c", "x");
    subscription.unsubscribe();
    subscription.unsubscribe();
    await host.publish("a.d", "x");
    await host.idle();
    expect(heard).toEqual(["a.b"]);
    expect(subscription.counters).toEqual({ delivered: 1, dropped: 1, rejected: 0 });
  });

  it("lets a handler publish, and subscribe", async () => {
    await using host = await createHost();
    const heard: string[] = [];
    host.subscribe("a", () => {
      host.subscribe("b", ({ subject }) => heard.push(subject));
      void host.publish("b", "x");
    });
    await host.publish("a", "x");
    await host.idle();
    expect(heard).toEqual(["b"]);
  });

  it("shares messages among those with the same queue", async () => {
    await using host = await createHost();
    const counts = [0, 0, 0];
    for (const at of counts.keys()) host.subscribe("jobs", () => void (counts[at] = (counts[at] ?? 0) + 1), { queue: "workers" });
    for (let at = 0; at < 30; at += 1) await host.publish("jobs", "x");
    await host.idle();
    expect(counts).toEqual([10, 10, 10]);
  });

  it("makes publish wait when it is full and blocks", async () => {
    await using host = await createHost();
    const subscription = host.subscribe("a", () => undefined, { messagesMax: 1 });
    const [first, second] = [watch(host.publish("a", "1")), watch(host.publish("a", "2"))];
    await Promise.resolve();
    expect([first.done, second.done]).toEqual([true, false]);
    await host.idle();
    await turn();
    expect(second.done).toBe(true);
    expect(subscription.counters).toEqual({ delivered: 2, dropped: 0, rejected: 0 });
  });

  it("drops the oldest when it is told to, and counts them", async () => {
    await using host = await createHost();
    const heard: string[] = [];
    const subscription = host.subscribe("a", ({ payload }) => heard.push(textOf(payload)), { full: "drop-oldest", messagesMax: 2 });
    for (let at = 0; at < 5; at += 1) await host.publish("a", String(at));
    await host.idle();
    expect(heard).toEqual(["3", "4"]);
    expect(subscription.counters).toEqual({ delivered: 2, dropped: 3, rejected: 0 });
  });

  it("rejects when it is told to, counts it, and publish says so", async () => {
    const { host, capsule, send } = await start(script);
    const subscription = host.subscribe("a", () => undefined, { full: "reject", messagesMax: 1 });
    await host.publish("a", "1");
    await expect(host.publish("a", "2")).rejects.toMatchObject({ code: "mailbox-full" });
    await host.idle();
    await send("m a 3\nm a 4\nm a 5");
    expect(subscription.counters).toEqual({ delivered: 2, dropped: 0, rejected: 3 });
    expect(capsule.counters).toMatchObject({ published: 3, rejected: 2 });
    await host.close();
  });

  it("refuses a pattern that is none and a bound that is none", async () => {
    await using host = await createHost();
    expect(() => host.subscribe("a..b", () => undefined)).toThrow(expect.objectContaining({ code: "invalid-subject" }));
    expect(() => host.subscribe("a", () => undefined, { messagesMax: 0 })).toThrow(RangeError);
    await expect(createHost({ mailbox: { messagesMax: 1.5 } })).rejects.toThrow(RangeError);
  });
});

describe("idle", () => {
  it("waits for what comes of what comes of a message", async () => {
    const { host, send, texts } = await start(script, { subscriptions: ["do", "do.more"] });
    host.subscribe("step", ({ payload }) => void host.publish("do.more", `m out ${textOf(payload)}`));
    await send("m step one");
    expect(texts()).toEqual(["step one", "out one"]);
    await host.close();
  });

  it("resolves at once when nothing is going on", async () => {
    await using host = await createHost();
    await expect(host.idle()).resolves.toBeUndefined();
  });

  it("throws what a handler threw, once, and the other messages are handled", async () => {
    await using host = await createHost();
    const heard: string[] = [];
    host.subscribe("a", ({ payload }) => {
      if (textOf(payload) === "1") throw new RangeError("not one");
      heard.push(textOf(payload));
    });
    for (const text of ["1", "2", "3"]) await host.publish("a", text);
    await expect(host.idle()).rejects.toThrow(new RangeError("not one"));
    await expect(host.idle()).resolves.toBeUndefined();
    expect(heard).toEqual(["2", "3"]);
  });

  it("throws what the log threw, and the transition stands", async () => {
    const failing = { log: () => { throw new Error("no more paper"); } };
    const { host, capsule } = await start(script, {}, failing);
    await host.publish("do", "l hello\np a 1");
    await expect(host.idle()).rejects.toThrow("no more paper");
    expect(capsule.counters.transitions).toBe(1);
    await host.close();
  });

  it("lets timers and input have their turn while many messages are handled", async () => {
    const { host } = await start(script);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const publishes = Array.from({ length: 30_000 }, () => host.publish("do", "p a 1\ng a out\ng b out"));
    await host.idle();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    await Promise.all(publishes);
    await host.close();
  });
});

describe("close", () => {
  it("ends after the message in hand, and counts those that wait", async () => {
    const { host, capsule } = await start(script);
    const stop = host.subscribe("stop", () => void host.close());
    await host.publish("do", "p a 1\nm stop -");
    for (let at = 0; at < 100; at += 1) await host.publish("do", `p b ${at}`);
    await expect(host.idle()).rejects.toMatchObject({ code: "closed" });
    await host.close();
    const { messages, transitions, abandoned } = capsule.counters;
    expect(messages).toBe(transitions);
    expect(messages + abandoned).toBe(101);
    expect(abandoned).toBeGreaterThan(0);
    expect(stop.counters.delivered).toBe(1);
    expect(textOf(capsule.state.get("a") ?? new Uint8Array())).toBe("1");
  });

  it("ends those who wait to publish", async () => {
    const { host, capsule } = await start(script, {}, { mailbox: { messagesMax: 1 } });
    const publishes = Promise.allSettled(Array.from({ length: 3 }, () => host.publish("do", "p a 1")));
    await host.close();
    const [first, ...others] = await publishes;
    expect(first).toMatchObject({ status: "fulfilled" });
    for (const outcome of others) expect(outcome).toMatchObject({ status: "rejected", reason: { code: "closed" } });
    expect(capsule.counters.abandoned).toBe(3);
  });

  it("does not wait for an attempt that is put off", async () => {
    const { host, capsule } = await start(script, { retry: { attempts: 2, backoffMilliseconds: 60_000 } });
    await host.publish("do", "f no");
    await turn();
    await turn();
    expect(capsule.counters).toMatchObject({ faults: 1, abandoned: 0 });
    await host.close();
    expect(capsule.counters).toMatchObject({ messages: 1, faults: 1, abandoned: 1, deadLettered: 0 });
  });

  it("refuses everything afterwards, and may be called again", async () => {
    const host = await createHost();
    const closing = host.close();
    expect(host.close()).toBe(closing);
    await closing;
    await expect(host.publish("a", "x")).rejects.toMatchObject({ code: "closed" });
    await expect(host.idle()).rejects.toMatchObject({ code: "closed" });
    await expect(host.load(script)).rejects.toMatchObject({ code: "closed" });
    expect(() => host.subscribe("a", () => undefined)).toThrow(expect.objectContaining({ code: "closed" }));
  });

  it("tells what nobody was told yet", async () => {
    const host = await createHost();
    host.subscribe("a", () => {
      throw new Error("unheard of");
    });
    await host.publish("a", "x");
    await turn();
    await turn();
    await expect(host.close()).rejects.toThrow("unheard of");
  });
});

describe("unload", () => {
  it("handles what waits, takes nothing new, and leaves the state", async () => {
    const { host, capsule, entries, heard } = await start(script);
    for (let at = 0; at < 200; at += 1) await host.publish("do", "p a 1\nm out -");
    const unloading = capsule.unload();
    await host.publish("do", "p b 1");
    expect(capsule.unload()).toBe(unloading);
    await unloading;
    expect(capsule.counters).toMatchObject({ messages: 200, transitions: 200, abandoned: 0 });
    expect(host.capsules.size).toBe(0);
    await host.idle();
    expect(heard).toHaveLength(200);
    const again = await host.load(script, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS });
    expect(again.state.version).toBe(200n);
    expect(entries()).toEqual({ a: "1" });
    await host.close();
  });

  it("waits for a message that is being tried again", async () => {
    const { host, capsule, heard } = await start(script, { retry: { attempts: 2, backoffMilliseconds: 20 } });
    await host.publish("do", "f no");
    await capsule.unload();
    expect(capsule.counters).toMatchObject({ faults: 2, deadLettered: 1 });
    await host.idle();
    expect(headersOf(heard[0])).toMatchObject({ "dead-letter-attempts": "2" });
    await host.close();
  });

  it("ends with the host", async () => {
    const { host, capsule } = await start(script, { retry: { attempts: 2, backoffMilliseconds: 60_000 } });
    await host.publish("do", "f no");
    await turn();
    const unloading = capsule.unload();
    await host.close();
    await expect(unloading).resolves.toBeUndefined();
    expect(capsule.counters.abandoned).toBe(1);
  });
});

describe("the state of a capsule", () => {
  it("is shown in order and in copies", async () => {
    const { host, capsule, send } = await start(script);
    await send("p \uffff 1\np \u{10000} 2\np a 3");
    expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["a", "\uffff", "\u{10000}"]);
    capsule.state.get("a")?.fill(0);
    for (const [, value] of capsule.state.entries()) value.fill(0);
    expect(textOf(capsule.state.get("a") ?? new Uint8Array())).toBe("3");
    expect(capsule.state.get("none")).toBeUndefined();
    await host.close();
  });
});
