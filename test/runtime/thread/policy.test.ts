// What decides about capsules decides in their threads, too: the host's policy, the rates of their manifests, their own rules.
import { setImmediate as turn } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { withPolicy } from "../../../host/cli/build/manifest-section.ts";
import type { DecisionEvent } from "../../../host/contract/decision.ts";
import { MAILBOX_OVERFLOW_MESSAGES_MAX } from "../../../host/contract/limits.ts";
import type { PolicySource } from "../../../host/contract/policy.ts";
import { createHost } from "../../../host/index.ts";
import { readEntry } from "../../../host/ledger/entry-reader.ts";
import { nodePlatform } from "../../../host/platform/node/index.ts";
import { policyDigest } from "../../../host/policy/digest.ts";
import { Replay } from "../../../host/runtime/replay.ts";
import { MemoryStore } from "../../../host/store/memory.ts";
import { componentOf } from "../../fixture/component.ts";
import { ALL_GRANTS, headersOf, SCRIPT_MANIFEST, start } from "../../fixture/running.ts";
import { scriptCapsule } from "../../fixture/script.ts";
import { Threads, threadPlatform } from "../../fixture/threads.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 2 });
});

const policy = (rules: string, data?: unknown): PolicySource => ({ modules: { "doteros.rego": `package doteros\n${rules}` }, ...(data === undefined ? {} : { data }) });

async function expectReplays(store: MemoryStore): Promise<void> {
  const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
  expect(report.difference).toBeUndefined();
}

describe("the policy of a host", () => {
  it("denies in a thread what it denies, and its decisions are told as the host's own", async () => {
    const store = new MemoryStore();
    const events: DecisionEvent[] = [];
    const rules = 'allow := true\ndeny contains sprintf("%v is too much", [data.most + 1]) if { input.operation == "state.put"; input.resource.key == "secret"; data.most == 9007199254740993 }';
    const { host, send, entries, heard, capsule } = await start(script, { retry: { attempts: 1 } }, {
      platform: threadPlatform, store, policy: policy(rules, { most: 9_007_199_254_740_993n }), decisions: (event) => events.push(event), load: { isolation: "thread" },
    });
    await send("p open 1");
    await send("p secret 1");
    await send("i\np secret 1\np secret 2\np open 2");
    expect(entries()).toEqual({ open: "2" });
    expect(headersOf(heard.at(-1))["dead-letter-reason"]).toBe("denied: 9007199254740994 is too much");
    expect(capsule.counters).toMatchObject({ denied: 3, faults: 1, transitions: 2 });
    expect(new Set(events.map(({ labels }) => labels.id)).size).toBe(1);
    expect(new Set(events.map(({ bundles }) => bundles.policy.revision)).size).toBe(1);
    const asked = events.map(({ input }) => input as { operation: string; resource: { key?: string }; context: { time: bigint } });
    expect(asked.map(({ operation, resource }) => `${operation} ${resource.key ?? ""}`)).toEqual(["load ", "subscribe ", "state.put open", "state.put secret", "state.put secret"]);
    expect(typeof asked.at(-1)?.context.time).toBe("bigint");
    await host.close();
    await expectReplays(store);
  });

  it("may be replaced while messages come and go: the ledger says from where on, and means it", async () => {
    const store = new MemoryStore();
    const sources = ["nothing", "k1", "k2"].map((key) => policy(`allow := true\ndeny contains "not ${key}" if input.resource.key == "${key}"`));
    const host = await createHost({ platform: threadPlatform, store, policy: sources[0] as PolicySource });
    for (const name of ["a", "b"]) {
      await host.load(script, { manifest: { ...SCRIPT_MANIFEST, name, subscriptions: ["do"] }, grants: ALL_GRANTS, isolation: name === "a" ? "thread" : { thread: "other" } });
    }
    for (let round = 1; round <= 12; round += 1) {
      for (let at = 0; at < 150; at += 1) void host.publish("do", "i\np k1 1\np k2 1");
      await turn();
      await host.setPolicy(sources[round % 3] as PolicySource);
    }
    await host.idle();
    await host.close();
    const reasons = new Map(sources.map((source, at) => [policyDigest(source, nodePlatform.sha256), ["nothing", "k1", "k2"][at]]));
    const inForce = new Map<string, string | undefined>();
    let [checked, changes] = [0, 0];
    for (const entry of Array.from(store.entries(0), readEntry)) {
      if (entry.kind === "policy") {
        inForce.set(entry.capsule, reasons.get(Buffer.from(entry.policy).toString("hex")));
        changes += 1;
      }
      if (entry.kind !== "transition") continue;
      const denied = inForce.get(entry.capsule);
      expect(entry.decisions.map(({ resource }) => resource)).toEqual(denied === "nothing" ? [] : [denied]);
      checked += 1;
    }
    expect([checked, changes]).toEqual([3_600, 26]);
    await expectReplays(store);
  });
});

describe("the rates of a manifest", () => {
  it("hold in a thread, and in the one that takes its place", async () => {
    const threads = new Threads();
    const limits = { rates: [{ subjects: "out.>", perSecond: 0.001, burst: 5 }] };
    const { host, capsule, send, lines, texts } = await start(script, { retry: { attempts: 1 }, limits }, { platform: threads.platform, load: { isolation: "thread" } });
    await send("m out.1 x\nm out.2 x\nm out.3 x");
    await threads.started[0]?.terminate();
    await send("m out.4 x");
    await send("m out.5 x");
    await send("m out.6 x");
    expect(threads.started).toHaveLength(2);
    expect(texts().slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((at) => `out.${at} x`));
    expect(capsule.counters).toMatchObject({ published: 5, limited: 1, denied: 1, deadLettered: 1 });
    expect(lines.filter(({ message }) => message.includes("the manifest limits out.>"))).toHaveLength(1);
    await host.close();
  });

  it("open a breaker, which keeps messages from the thread", async () => {
    const limits = { breaker: { failures: 2, openMilliseconds: 50 } };
    const { host, capsule, entries } = await start(script, { retry: { attempts: 1 }, limits }, { platform: threadPlatform, load: { isolation: "thread" } });
    for (const message of ["p a 1", "f no", "f no", "p b 1", "p c 1"]) void host.publish("do", message);
    await host.idle();
    expect(entries()).toEqual({ a: "1", b: "1", c: "1" });
    expect(capsule.counters).toMatchObject({ transitions: 3, deadLettered: 2, tripped: 1 });
    await host.close();
  });
});

describe("a capsule that sends to itself without end, in a thread", () => {
  it("fails when there is too much, and nothing goes unnamed", async () => {
    const host = await createHost({ platform: threadPlatform, mailbox: { messagesMax: 1 } });
    const { counters } = await host.load(script, { manifest: { ...SCRIPT_MANIFEST, name: "echo", subscriptions: ["echo"] }, grants: ALL_GRANTS, isolation: "thread" });
    const codes = new Set<string | undefined>();
    let letters = 0;
    host.subscribe("dlq.echo", (message) => {
      codes.add(headersOf(message)["dead-letter-code"]);
      letters += 1;
      if (letters === 100) void host.close();
    });
    await host.publish("echo", "e\ne");
    await expect(host.idle()).rejects.toMatchObject({ code: "closed" });
    await host.close();
    const { messages, transitions, retries, deadLettered, published, abandoned } = counters;
    expect([...codes]).toEqual(["mailbox-full"]);
    expect(retries).toBe(0);
    // One that came back when the host was closed already is neither handled nor given up.
    expect([0, 1]).toContain(messages - transitions - deadLettered);
    expect(1 + published).toBe(transitions + deadLettered + abandoned);
    // Two batches may be on their way when there is too much.
    expect(abandoned).toBeLessThanOrEqual(MAILBOX_OVERFLOW_MESSAGES_MAX + 2 * 256 * 2 + 3);
  });
});

describe("the rules that a capsule carries", () => {
  it("decide in its thread", async () => {
    const message = "i32 ".repeat(15);
    const asking = await componentOf(`(module
      (import "doteros:capsule/policy@0.1.0" "evaluate" (func $evaluate (param i32 i32 i32 i32 i32)))
      (import "doteros:capsule/messaging@0.1.0" "publish" (func $publish (param ${message} i32)))
      (memory (export "memory") 1)
      (data (i32.const 256) "outapp.double")
      (global $heap (mut i32) (i32.const 4096))
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (global.get $heap))
        (global.set $heap (i32.add (global.get $heap) (i32.and (i32.add (local.get 3) (i32.const 7)) (i32.const -8))))
        (local.get $at))
      (func (export "doteros:capsule/handler@0.1.0#handle") (param ${"i32 ".repeat(13)}) (param $at i32) (param $length i32) (result i32)
        (call $evaluate (i32.const 259) (i32.const 10) (local.get $at) (local.get $length) (i32.const 64))
        (if (i32.load8_u (i32.const 64)) (then (return (i32.const 64))))
        (call $publish (i32.const 256) (i32.const 3) ${"(i32.const 0) ".repeat(11)} (i32.load (i32.const 72)) (i32.load (i32.const 76)) (i32.const 128))
        (i32.const 64)))`);
    const bytes = withPolicy(asking, "package app\ndouble := input.n * 2");
    const { send, texts, host } = await start(bytes, { capabilities: { publish: ["out"], policy: true } }, { platform: threadPlatform, load: { isolation: "thread" } });
    await send('{"n":21}');
    expect(texts()).toEqual(["out 42"]);
    await host.close();
  });
});
