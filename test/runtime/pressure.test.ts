import { beforeAll, describe, expect, it } from "vitest";
import type { Capsule, Host } from "../../host/contract/host.ts";
import { MAILBOX_OVERFLOW_MESSAGES_MAX } from "../../host/contract/limits.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import { createHost } from "../../host/node.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, headersOf } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

const add = (host: Host, name: string, manifest: Partial<Manifest> = {}): Promise<Capsule> =>
  host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, subscriptions: [`to.${name}`], name, ...manifest } });

/** Publishes to `to.NAME` so many times; the words of the script it sends are joined by something the words end at. */
const fanOut = (name: string, count: number, payload: string): string => `m to.${name} ${payload}\n`.repeat(count);

describe("a capsule that sends more than the receiver's mailbox holds", () => {
  it("waits before its next message until there is room, and nothing is lost", async () => {
    const host = await createHost({ mailbox: { messagesMax: 4 } });
    const [sender, receiver] = [await add(host, "sender"), await add(host, "receiver")];
    for (let at = 0; at < 20; at += 1) await host.publish("to.sender", fanOut("receiver", 50, "-"));
    await host.idle();
    expect(sender.counters).toMatchObject({ transitions: 20, published: 1_000, overflowed: 0 });
    expect(receiver.counters).toMatchObject({ messages: 1_000, transitions: 1_000 });
    await host.close();
  });

  it("keeps the mailbox from growing past what one transition sends", async () => {
    const host = await createHost({ mailbox: { messagesMax: 1 } });
    await add(host, "sender");
    const receiver = await add(host, "receiver");
    let [sent, largest] = [0, 0];
    host.subscribe("to.receiver", () => {
      sent += 1;
      largest = Math.max(largest, sent - receiver.counters.messages);
    });
    const publishes = Array.from({ length: 100 }, () => host.publish("to.sender", fanOut("receiver", 10, "-")));
    await Promise.all(publishes);
    await host.idle();
    expect(receiver.counters.messages).toBe(1_000);
    expect(largest).toBeLessThanOrEqual(11);
    await host.close();
  });
});

describe("capsules that send to each other", () => {
  it.each([1, 2, 7])("do not wait for each other for ever, with %i messages in a mailbox", async (messagesMax) => {
    const host = await createHost({ mailbox: { messagesMax } });
    // Each message makes three for the other one, which makes nothing of them.
    const [left, right] = [await add(host, "left"), await add(host, "right")];
    for (let at = 0; at < 40; at += 1) {
      await host.publish("to.left", fanOut("right", 3, "-"));
      await host.publish("to.right", fanOut("left", 3, "-"));
    }
    await host.idle();
    expect(left.counters).toMatchObject({ messages: 160, transitions: 160, published: 120 });
    expect(right.counters).toMatchObject({ messages: 160, transitions: 160, published: 120 });
    expect(left.counters.overflowed + right.counters.overflowed).toBeGreaterThan(0);
    await host.close();
  });

  it("do not wait for ever around a longer circle", async () => {
    const host = await createHost({ mailbox: { messagesMax: 1 } });
    const names = ["a", "b", "c", "d"];
    const capsules: Capsule[] = [];
    for (const name of names) capsules.push(await add(host, name));
    for (let at = 0; at < 60; at += 1) {
      const next = names[(at + 1) % names.length] ?? "";
      await host.publish(`to.${names[at % names.length] ?? ""}`, fanOut(next, 5, "-"));
    }
    await host.idle();
    expect(capsules.map(({ counters }) => counters.messages)).toEqual([90, 90, 90, 90]);
    await host.close();
  });

  it("may be one that sends to itself", async () => {
    const host = await createHost({ mailbox: { messagesMax: 2 } });
    const own = await add(host, "own");
    await host.publish("to.own", fanOut("own", 100, "-"));
    await host.idle();
    expect(own.counters).toMatchObject({ messages: 101, transitions: 101, overflowed: 98 });
    await host.close();
  });

  it("fail when they multiply messages without end, and nothing goes unnamed", async () => {
    const host = await createHost({ mailbox: { messagesMax: 1 } });
    const capsule = await add(host, "echo");
    const codes = new Map<string, number>();
    host.subscribe("dlq.echo", (message) => {
      const code = headersOf(message)["dead-letter-code"] ?? "";
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (codes.get(code) === 1_000) void host.close();
    });
    // It sends each message it gets to itself, twice.
    await host.publish("to.echo", "e\ne");
    await expect(host.idle()).rejects.toMatchObject({ code: "closed" });
    await host.close();
    const { messages, transitions, retries, deadLettered, published, abandoned, overflowed } = capsule.counters;
    expect([...codes.keys()]).toEqual(["mailbox-full"]);
    expect(published).toBe(2 * transitions);
    // To try again would make it no better.
    expect(retries).toBe(0);
    expect(overflowed).toBeGreaterThan(MAILBOX_OVERFLOW_MESSAGES_MAX);
    // Everything that was ever sent to it was handled, dead-lettered or abandoned, and there never was too much.
    expect(messages).toBe(transitions + deadLettered);
    expect(1 + published).toBe(messages + abandoned);
    expect(abandoned).toBeLessThanOrEqual(MAILBOX_OVERFLOW_MESSAGES_MAX + 3);
    await host.close();
  });
});
