import { setImmediate as turn } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { DecisionEvent } from "../../host/contract/decision.ts";
import type { Denial, PolicyInput, PolicySource } from "../../host/contract/policy.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { createHost, DEAD_LETTER_HEADERS } from "../../host/node.ts";
import { policyDigest } from "../../host/policy/digest.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay, type ReplayReport } from "../../host/runtime/replay.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { ALL_GRANTS, headersOf, type Running, SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

/** A policy of these rules. */
const policy = (rules: string, data?: unknown): PolicySource => ({ modules: { "doteros.rego": `package doteros\n${rules}` }, ...(data === undefined ? {} : { data }) });

const running = (rules: string, store?: MemoryStore, data?: unknown): Promise<Running> =>
  start(script, { retry: { attempts: 1 } }, { policy: policy(rules, data), ...(store === undefined ? {} : { store }) });

const replay = (store: MemoryStore): Promise<ReplayReport> =>
  Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);

/** What each attempt was denied. */
function decisionsIn(store: MemoryStore): (readonly Denial[])[] {
  return Array.from(store.entries(0), readEntry).flatMap((entry) => ("decisions" in entry ? [entry.decisions] : []));
}

describe("a policy", () => {
  it("denies with its reason, which the capsule sees and the dead letter tells", async () => {
    const { host, capsule, send, heard, entries } = await running('allow := true\ndeny contains "secrets stay" if input.resource.key == "secret"');
    await send("p open 1");
    await send("p secret 1");
    expect(entries()).toEqual({ open: "1" });
    expect(capsule.counters).toMatchObject({ transitions: 1, faults: 1, deadLettered: 1, denied: 1 });
    expect(headersOf(heard.at(-1))[DEAD_LETTER_HEADERS.reason]).toBe("denied: secrets stay");
    await host.close();
  });

  it("may deny each thing that a capsule does, with what it does it to", async () => {
    const store = new MemoryStore();
    const asked = 'allow if input.operation in {"load", "subscribe"}\ndeny contains sprintf("%s %v", [input.operation, input.resource]) if not allow';
    const { host, send, lines } = await running(asked, store);
    await send("i\np a 1\nd b\ng c out\nm out x\nr svc x\nl hello");
    await send("i\ns out");
    await host.close();
    expect(decisionsIn(store)).toEqual([
      [
        { operation: "state.put", resource: "a", reason: 'state.put {"key": "a"}' },
        { operation: "state.delete", resource: "b", reason: 'state.delete {"key": "b"}' },
        { operation: "state.get", resource: "c", reason: 'state.get {"key": "c"}' },
        { operation: "publish", resource: "out", reason: 'publish {"subject": "out"}' },
        { operation: "request", resource: "svc", reason: 'request {"subject": "svc"}' },
        { operation: "log", resource: "info", reason: 'log {"level": "info"}' },
      ],
      [{ operation: "state.scan", resource: '[""]', reason: 'state.scan {"start": ""}' }],
    ]);
    expect(lines).toEqual([]);
    expect((await replay(store)).difference).toBeUndefined();
  });

  it("that has no answer, or fails, denies", async () => {
    await expect(running("allow if input.nothing")).rejects.toMatchObject({ code: "denied-by-policy", message: expect.stringContaining("the policy does not allow load") as string });
    await expect(running('allow := "yes"')).rejects.toMatchObject({ code: "denied-by-policy" });
    await expect(running("allow := input.operation\nallow := 1")).rejects.toMatchObject({ code: "denied-by-policy", message: expect.stringContaining("conflict") as string });
    await expect(start(script, {}, { policy: { modules: {} } })).rejects.toMatchObject({ code: "denied-by-policy" });
  });

  it("decides about loading and each subscription, with all reasons", async () => {
    const rules = 'allow := true\ndeny contains "not this one" if { input.operation == "load"; input.capsule.labels.trusted != "yes" }\ndeny contains sprintf("nobody hears %s", [input.resource.pattern]) if input.operation == "subscribe"';
    const host = await createHost({ policy: policy(rules) });
    const manifest = { ...SCRIPT_MANIFEST, subscriptions: ["a", "b.>"], labels: { trusted: "no" } };
    const loading = host.load(script, { grants: ["state", "publish=>", "request=>", "subscribe=>", "log", "context"], manifest });
    await expect(loading).rejects.toMatchObject({
      code: "denied-by-policy",
      message: "the policy denies script\n  load: not this one\n  subscribe a: nobody hears a\n  subscribe b.>: nobody hears b.>",
    });
    expect(host.capsules.size).toBe(0);
    await host.close();
  });

  it("names every mistake in it when the host is made", async () => {
    await expect(createHost({ policy: policy("allow if x") })).rejects.toMatchObject({ code: "invalid-policy", where: "doteros.rego:2:10" });
  });

  it("that reads the time decides once for all that one message does, and a replay comes to the same", async () => {
    const store = new MemoryStore();
    const { host, send, capsule } = await running('allow := true\ndeny contains "odd" if { input.operation == "state.put"; rand.intn(input.resource.key, 2) == 1 }\ndeny contains "late" if { input.operation == "state.get"; time.now_ns() != input.context.time }', store);
    const keys = Array.from({ length: 40 }, (_, at) => `k${at}`);
    for (let round = 0; round < 10; round += 1) await send(["i", ...keys, ...keys].map((key) => (key === "i" ? key : `p ${key} ${round}`)).join("\n"));
    await send("g k1 out");
    expect(capsule.counters.faults).toBe(0);
    await host.close();
    const denied = decisionsIn(store).slice(0, 10);
    for (const decisions of denied) expect(new Set(decisions.map(({ resource }) => resource)).size).toBe(decisions.length);
    expect(denied.flat().length).toBeGreaterThan(100);
    expect(denied.flat().length).toBeLessThan(300);
    expect((await replay(store)).difference).toBeUndefined();
  });

  it("is asked about each resource only when it reads the resource", async () => {
    const store = new MemoryStore();
    const { host, send, entries } = await running('allow if input.operation != "state.put"\nallow if data.keys[input.resource.key]', store, { keys: { a: true, b: true } });
    await send("i\np a 1\np b 1\np c 1\np a 2\np c 2");
    expect(entries()).toEqual({ a: "2", b: "1" });
    await host.close();
    expect(decisionsIn(store)).toEqual([[{ operation: "state.put", resource: "c", reason: "the policy does not allow state.put c" }]]);
  });

  it("ends a message that is denied too much, and a replay comes to that, too", async () => {
    const store = new MemoryStore();
    const { host, send, capsule } = await running('allow if input.operation != "state.put"', store);
    await send(["i", ...Array.from({ length: 5_000 }, (_, at) => `p k${at} 1`)].join("\n"));
    expect(capsule.counters).toMatchObject({ traps: 1, denied: 1_024 });
    await host.close();
    expect(decisionsIn(store).map((decisions) => decisions.length)).toEqual([1_024]);
    expect((await replay(store)).difference).toBeUndefined();
  });

  it("that a ledger does not tell of is one that a replay did not meet", async () => {
    const store = new MemoryStore();
    const { host, send } = await running('allow if input.resource.key != "a"\nallow if input.operation != "state.put"', store);
    await send("i\np a 1");
    await host.close();
    const writer = new EntryWriter();
    const forged = Array.from(store.entries(0), (bytes) => {
      const entry = readEntry(bytes);
      return entry.kind === "transition" ? writer.transition(entry.previous, { ...entry, decisions: [] }) : bytes;
    });
    const report = await Replay.run({ entries: forged, component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect(report.difference).toMatchObject({ field: "version" });
  });
});

describe("a policy that is set anew", () => {
  /** Denies every put with its number. */
  const numbered = (number: number): PolicySource => policy(`allow := true\ndeny contains "version ${number}" if { input.operation == "state.put"; input.resource.key }`);

  it("holds from the next transition on", async () => {
    const { host, send, entries } = await running("allow := true");
    await send("p a 1");
    await host.setPolicy(policy('allow if input.operation != "state.put"'));
    await send("i\np a 2");
    expect(entries()).toEqual({ a: "1" });
    await host.setPolicy(policy("allow if data.on", { on: true }));
    await send("p a 3");
    expect(entries()).toEqual({ a: "3" });
    await host.close();
  });

  it("with a mistake leaves the one before", async () => {
    const { host, send, entries } = await running('allow if input.operation != "state.put"');
    await expect(host.setPolicy(policy("allow if"))).rejects.toMatchObject({ code: "invalid-policy" });
    await send("i\np a 1");
    expect(entries()).toEqual({});
    await host.close();
    await expect(host.setPolicy(numbered(1))).rejects.toMatchObject({ code: "closed" });
  });

  it("under load loses no message, and no message is decided by two", async () => {
    const store = new MemoryStore();
    const { host, capsule } = await start(script, {}, { policy: numbered(0), store });
    const messages = 3_000;
    const publishing = (async () => {
      for (let at = 0; at < messages; at += 1) await host.publish("do", `i\np a${at % 7} 1\np b${at % 11} 1\np c 1`);
    })();
    let set = 0;
    const feed = { done: false };
    void publishing.then(() => (feed.done = true));
    while (!feed.done) {
      await host.setPolicy(numbered((set += 1)));
      // The host has its turn.
      await turn();
    }
    await publishing;
    await host.idle();
    expect(capsule.counters).toMatchObject({ transitions: messages, faults: 0, deadLettered: 0, denied: 3 * messages });
    await host.close();
    const decisions = decisionsIn(store);
    expect(decisions.length).toBe(messages);
    for (const denials of decisions) {
      expect(denials.length).toBe(3);
      expect(new Set(denials.map(({ reason }) => reason)).size).toBe(1);
    }
    const used = decisions.map(([first]) => Number(first?.reason.split(" ")[1]));
    expect(used).toEqual([...used].sort((a, b) => a - b));
    expect(new Set(used).size).toBeGreaterThan(1);
    expect((await replay(store)).difference).toBeUndefined();
  });

  it("under load, in two capsules that send to each other, is in the ledger before what it decided, and decides all of it", async () => {
    /** Denies one of three keys, another one than the version before, and every line of log. */
    const version = (number: number): PolicySource =>
      policy(`allow := true\ndeny contains "version ${number}" if input.resource.key == "k${number % 3}"\ndeny contains "version ${number}" if input.operation == "log"`);
    const denies = (number: number, { operation, resource }: PolicyInput): boolean => operation === "log" || resource["key"] === `k${number % 3}`;
    const store = new MemoryStore();
    const events: DecisionEvent[] = [];
    const host = await createHost({ store, policy: version(0), decisions: (event) => events.push(event) });
    const [first, second] = await Promise.all(
      [["first", "do"], ["second", "mid"]].map(([name = "", subject = ""]) =>
        host.load(script, { manifest: { ...SCRIPT_MANIFEST, name, subscriptions: [subject] }, grants: ALL_GRANTS }),
      ),
    );
    const messages = 4_000;
    const swaps = 12;
    // Nobody waits: as many as there are, are on the way.
    const publishing = Promise.all(Array.from({ length: messages }, () => host.publish("do", "i\np k0 1\np k1 1\np k2 1\nm mid lhello")));
    for (let number = 1; number <= swaps; number += 1) {
      await host.setPolicy(version(number));
      // A broken one in between changes nothing.
      await expect(host.setPolicy(policy("allow if"))).rejects.toMatchObject({ code: "invalid-policy" });
    }
    await publishing;
    await host.idle();
    expect([first?.counters.transitions, second?.counters.transitions]).toEqual([messages, messages]);
    for (const capsule of [first, second]) expect(capsule?.counters).toMatchObject({ faults: 0, deadLettered: 0, denied: messages });
    await host.close();

    const versions = new Map(Array.from({ length: swaps + 1 }, (_, number) => [policyDigest(version(number), nodePlatform.sha256), number]));
    const inForce = new Map<string, number>();
    const used = new Set<number>();
    for (const entry of Array.from(store.entries(0), readEntry)) {
      if (entry.kind === "policy") inForce.set(entry.capsule, versions.get(Buffer.from(entry.policy).toString("hex")) ?? -1);
      if (entry.kind !== "transition") continue;
      const number = inForce.get(entry.capsule) ?? -1;
      used.add(number);
      const what = entry.capsule === "first" ? { operation: "state.put", resource: `k${number % 3}` } : { operation: "log", resource: "info" };
      expect(entry.decisions).toEqual([{ ...what, reason: `version ${number}` }]);
      expect([...entry.writes.keys()]).toEqual(entry.capsule === "first" ? ["k0", "k1", "k2"].filter((key) => key !== what.resource) : []);
    }
    expect(used.size).toBeGreaterThan(1);
    expect([...inForce.values()]).toEqual([swaps, swaps]);
    for (const { bundles, input, result } of events) {
      const number = versions.get(bundles.policy.revision) ?? -1;
      expect(result).toEqual(denies(number, input as PolicyInput) ? { deny: [`version ${number}`] } : { deny: [], allow: true });
    }
    // Each message was denied something, once, and that is in the log.
    expect(events.filter(({ result }) => !("allow" in (result as object))).length).toBe(2 * messages);
    const told = events.length;
    expect((await replay(store)).difference).toBeUndefined();
    expect(events.length).toBe(told);
  });
});

describe("the ledger of a host with a policy", () => {
  it("says it before whatever that one denied, also of messages that are tried again", async () => {
    const store = new MemoryStore();
    const version = (number: number): PolicySource => policy(`allow := true\ndeny contains "version ${number}" if input.operation == "state.put"`);
    let set = 0;
    /** Sets the next one after some steps of promises: somewhere between an attempt and what comes after it. */
    const swap = async (steps: number): Promise<void> => {
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      await host.setPolicy(version((set += 1)));
    };
    const swaps: Promise<void>[] = [];
    const { host } = await start(script, { retry: { attempts: 3 } }, { policy: version(0), store, log: () => swaps.push(swap(swaps.length % 16)) });
    await Promise.all(Array.from({ length: 100 }, () => host.publish("do", "l again\np a 1")));
    await host.idle();
    await Promise.all(swaps);
    await host.close();
    const versions = new Map(Array.from({ length: set + 1 }, (_, number) => [policyDigest(version(number), nodePlatform.sha256), number]));
    let inForce: number | undefined;
    let failures = 0;
    for (const entry of Array.from(store.entries(0), readEntry)) {
      if (entry.kind === "policy") inForce = versions.get(Buffer.from(entry.policy).toString("hex"));
      if (entry.kind !== "failure") continue;
      failures += 1;
      expect(entry.decisions).toEqual([{ operation: "state.put", resource: "a", reason: `version ${inForce}` }]);
    }
    expect([failures, set]).toEqual([300, 300]);
  });

  const kinds = (store: MemoryStore): string[] => Array.from(store.entries(0), (bytes) => readEntry(bytes).kind);

  it("says which one decides, after each load and when another one does", async () => {
    const store = new MemoryStore();
    const [one, two] = [policy("allow := true"), policy("allow := true", { changed: true })];
    const { host, send, capsule } = await start(script, {}, { policy: one, store });
    await send("p a 1");
    await host.setPolicy(two);
    await send("p a 2");
    await capsule.unload();
    await host.setPolicy(one);
    await host.close();
    expect(kinds(store)).toEqual(["load", "policy", "transition", "policy", "transition", "unload"]);
    const named = Array.from(store.entries(0), readEntry).flatMap((entry) => (entry.kind === "policy" ? [Buffer.from(entry.policy).toString("hex")] : []));
    expect(named).toEqual([one, two].map((source) => policyDigest(source, nodePlatform.sha256)));
    expect((await replay(store)).difference).toBeUndefined();
  });

  it("says nothing more when there is none", async () => {
    const store = new MemoryStore();
    const { host, send } = await start(script, {}, { store });
    await send("p a 1");
    await host.close();
    expect(kinds(store)).toEqual(["load", "transition"]);
  });
});

describe("decisions that are told", () => {
  it("are those of loading and subscribing, too, and what the listener throws does no harm", async () => {
    const lines: string[] = [];
    const told = (_: DecisionEvent, line: string): void => {
      lines.push(line);
      throw new Error("no room");
    };
    const { host, capsule } = await start(script, {}, { policy: policy("allow := true"), decisions: told });
    await host.publish("do", "p a 1");
    await expect(host.idle()).rejects.toThrow("no room");
    expect(capsule.counters.transitions).toBe(1);
    expect(lines.map((line) => (JSON.parse(line) as { input: { operation: string } }).input.operation)).toEqual(["load", "subscribe", "state.put"]);
    await host.close();
  });
});
