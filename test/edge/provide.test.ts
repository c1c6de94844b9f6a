import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { ComponentError } from "../../host/contract/error.ts";
import type { Implementation } from "../../host/contract/provide.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { casesModule, foreignComponent } from "../dialect/foreign.ts";
import { answers, sameAgain } from "../dialect/replaying.ts";
import { writeAnswer } from "../../host/capability/edge/answer.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay } from "../../host/runtime/replay.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { refusalOf } from "../refusal.ts";

const NAME = "acme:sensors/reader@1.0.0";
const WIT = `package ${NAME.replace("/reader", "")} {
  interface reader {
    record reading { name: string, value: f64, raw: list<u8>, at: u64, tags: list<tuple<string, option<u32>>> }
    variant trouble { unknown(string), broken }
    read: func(sensor: string) -> result<reading, trouble>;
    count: func(from-time: s64, scale: f32, exact: bool) -> u64;
    reset: func(sensor: string) -> result<_, string>;
    echo: func(bytes: list<u8>) -> option<option<u8>>;
  }
}`;
const CODE = casesModule(
  `import { read, count, reset, echo } from "${NAME}";`,
  `{
    read() { return read("kitchen"); },
    unknown() { return attempt(() => read("cellar")); },
    count() { return count(-5, 0.5, true); },
    twice() { return [count(1, 1, false), count(1, 1, false)]; },
    reset() { return [attempt(() => reset("kitchen")), attempt(() => reset("cellar"))]; },
    echo() { return echo(bytes("abc")); },
    fail() { count(1, 1, false); throw { tag: "failed", val: "no" }; },
    denied() { return [attempt(() => reset("secret")), attempt(() => reset("kitchen"))]; },
    deniedCount() { return count(13, 1, false); },
  }`,
);

let component: Uint8Array;
beforeAll(async () => {
  component = await foreignComponent({ packages: [WIT], imports: [NAME, "doteros:capsule/messaging@0.1.0"], code: CODE });
}, 60_000);

let calls = 0;
/** A reader of sensors that never answers twice alike. */
const reader: Implementation = {
  read(sensor: string) {
    calls += 1;
    if (sensor !== "kitchen") throw new ComponentError({ tag: "unknown", val: sensor });
    return { name: sensor, value: -0.5 * calls, raw: new Uint8Array([calls, 126]), at: 2n ** 63n + BigInt(calls), tags: [["a", 1], ["b", undefined]] };
  },
  count: () => BigInt((calls += 1)),
  reset(sensor: string) {
    calls += 1;
    if (sensor === "cellar") throw new ComponentError("it is dark");
  },
  echo: (bytes: Uint8Array) => ({ tag: "some", val: bytes.length }),
};

interface Used {
  readonly store?: MemoryStore;
  readonly implementation?: Implementation;
  readonly policy?: string;
  readonly operations?: Readonly<Record<string, string>>;
  readonly fuelPerMessage?: number;
}

const MANIFEST: Manifest = { ...SCRIPT_MANIFEST, capabilities: { publish: [">"], request: [">"], use: ["acme:sensors/reader"] }, retry: { attempts: 1 } };

/** What comes of messages, one after the other. */
async function use(words: readonly string[], { store = new MemoryStore(), implementation = reader, policy, operations = {}, fuelPerMessage }: Used = {}): Promise<{ answers: unknown[]; reasons: string[]; store: MemoryStore; denied: number }> {
  const host = await createHost({ store, ...(policy === undefined ? {} : { policy: { modules: { "policy.rego": policy } } }) });
  host.provide(NAME, implementation, { operations });
  const limits = fuelPerMessage === undefined ? {} : { limits: { fuelPerMessage } };
  const capsule = await host.load(component, { grants: [...ALL_GRANTS, "use=acme:sensors/reader"], manifest: { ...MANIFEST, ...limits } });
  const heard: Parameters<Parameters<typeof host.subscribe>[1]>[0][] = [];
  host.subscribe(">", (message) => heard.push(message));
  for (const word of words) {
    await host.publish("do", word);
    await host.idle();
  }
  const reasons = heard.flatMap(({ subject, headers }) => (subject.startsWith("dlq.") ? [headers[0]?.[1] ?? ""] : []));
  await host.close();
  return { answers: answers(heard), reasons, store, denied: capsule.counters.denied };
}

describe("an interface that the host's user provides", () => {
  it("is called with the values of its types, and answers with them", async () => {
    calls = 0;
    const used = await use(["read", "unknown", "count", "reset", "echo"]);
    expect(used.reasons).toEqual([]);
    expect(used.answers).toEqual([
      { name: "kitchen", value: -0.5, raw: "\u0001~", at: 2 ** 63, tags: [["a", 1], ["b", null]] },
      { error: { tag: "unknown", val: "cellar" } },
      3,
      [null, { error: "it is dark" }],
      { tag: "some", val: 3 },
    ]);
  });

  it("keeps a capsule that uses it awake, here and uncopied, and no other", async () => {
    const store = new MemoryStore();
    await using host = await createHost({ store, sleep: { afterMilliseconds: 5 } });
    host.provide(NAME, reader);
    const load = { grants: [...ALL_GRANTS, "use=acme:sensors/reader"], manifest: MANIFEST };
    const where = "acme:sensors/reader";
    const message = `script cannot be in a thread yet: the host's user provides it with ${where}`;
    expect(await refusalOf(host.load(component, { ...load, isolation: "thread" }))).toMatchObject({ code: "unsupported", where, message });
    const capsule = await host.load(component, load);
    const other = await host.load(await scriptCapsule(), { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name: "other" } });
    expect(await refusalOf(capsule.snapshot())).toMatchObject({ code: "unsupported", where, help: "keep its ledger instead: a replay comes to the same state" });
    expect(await other.snapshot()).toBeInstanceOf(Uint8Array);
    while (!other.isAsleep) await wait(5);
    await wait(50);
    expect(capsule.isAsleep).toBe(false);
  });

  it("answers a replay what it answered then, without being called", async () => {
    const { store } = await use(["read", "unknown", "twice", "reset", "fail", "echo", "count"]);
    const before = calls;
    expect(await sameAgain(store)).toEqual({ transitions: 6, failures: 1 });
    expect(calls).toBe(before);
    const entries = Array.from(store.entries(0), readEntry);
    expect(entries[0]).toMatchObject({ kind: "load", uses: [{ name: "acme:sensors/reader", digest: undefined, operations: [] }] });
    expect(entries.map((entry) => ("answers" in entry ? entry.answers?.length : undefined))).toEqual([undefined, 1, 1, 2, 2, 1, 1, 1]);
  });

  it("ends the message when it throws, answers with a promise, or with what has no type", async () => {
    const implementation: Implementation = {
      ...reader,
      read: () => {
        throw new Error("the bus is down");
      },
      count: async () => {
        throw new Error("nobody hears this");
      },
      reset: () => new Map([["a", () => 1]]).get("a"),
    };
    const { reasons, store } = await use(["read", "count", "reset"], { implementation });
    expect(reasons).toEqual([
      "acme:sensors/reader#read failed: the bus is down",
      "acme:sensors/reader#count failed: it answered with a promise, and a capsule cannot wait",
      "acme:sensors/reader#reset failed: it answered with what WIT has no type for: there is a function in it",
    ]);
    expect(await sameAgain(store)).toEqual({ transitions: 0, failures: 3 });
  });

  it("ends the message when it answers with a value of another type, and that is told", async () => {
    const store = new MemoryStore();
    const host = await createHost({ store });
    host.provide(NAME, { ...reader, count: () => "many" });
    await host.load(component, { grants: [...ALL_GRANTS, "use=acme:sensors/reader"], manifest: MANIFEST });
    await host.publish("do", "count");
    expect(await refusalOf(host.idle())).toMatchObject({ code: "internal", message: expect.stringContaining("acme:sensors/reader@1.0.0#count answered") as string });
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 0, failures: 1 });
  });

  it("is asked about by its name, or by the one it was given, with the arguments that are plain", async () => {
    const policy = `package doteros
      default allow := true
      deny contains "not the secret one" if { input.operation == "sensors.reset"; input.resource.sensor == "secret" }
      deny contains "unlucky" if { input.operation == "acme:sensors/reader#count"; input.resource == {"from-time": "13", "scale": "1", "exact": "false"} }`;
    const { answers: given, reasons, store, denied } = await use(["denied", "deniedCount", "count"], { policy, operations: { reset: "sensors.reset" } });
    expect(given.slice(0, 1)).toEqual([[{ error: "denied: not the secret one" }, null]]);
    expect(given).toHaveLength(2);
    expect(reasons).toEqual(["acme:sensors/reader#count: denied: unlucky"]);
    expect(denied).toBe(2);
    expect(await sameAgain(store)).toEqual({ transitions: 2, failures: 1 });
    const [load, , first] = Array.from(store.entries(0), readEntry);
    expect(load).toMatchObject({ uses: [{ operations: [["reset", "sensors.reset"]] }] });
    expect(first).toMatchObject({ decisions: [{ operation: "sensors.reset", resource: '{"sensor":"secret"}', reason: "not the secret one" }] });
  });

  it("costs fuel", async () => {
    const { reasons } = await use(["twice"], { fuelPerMessage: 1_000 });
    expect(reasons).toEqual([expect.stringContaining("fuel")]);
  });

  it("needs a grant, and its place in the manifest", async () => {
    await using host = await createHost();
    const missing = await refusalOf(host.load(component, { grants: ALL_GRANTS }));
    expect(missing).toMatchObject({ code: "missing-import", where: NAME });
    host.provide(NAME, reader);
    const refused = await refusalOf(host.load(component, { grants: ALL_GRANTS }));
    expect(refused).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant use=acme:sensors/reader" });
    const { use: _, ...capabilities } = MANIFEST.capabilities;
    const unasked = await refusalOf(host.load(component, { grants: [...ALL_GRANTS, "use=acme:sensors/reader"], manifest: { ...MANIFEST, capabilities } }));
    expect(unasked).toMatchObject({ code: "invalid-manifest", help: 'add to capsule.yaml, under capabilities: use: ["acme:sensors/reader"]' });
    expect(await refusalOf(host.load(component, { grants: ["use=reader"] }))).toMatchObject({ code: "invalid-grant" });
  });

  it("must have all functions that the capsule imports", async () => {
    await using host = await createHost();
    const { read: _, ...others } = reader;
    host.provide("acme:sensors/reader@1.2.0", others);
    const error = await refusalOf(host.load(component, { grants: [...ALL_GRANTS, "use=acme:sensors/reader"] }));
    expect(error).toMatchObject({ code: "missing-import", where: `${NAME}#read` });
  });

  it("is refused when there can be none of that name, or with those operations", async () => {
    await using host = await createHost();
    const refused = (name: string, operations = {}): Promise<unknown> => refusalOf(Promise.resolve().then(() => host.provide(name, reader, { operations })));
    expect(await refused("reader")).toMatchObject({ code: "usage" });
    expect(await refused("wasi:keyvalue/more@1.0.0")).toMatchObject({ code: "usage", message: "wasi:keyvalue/more@1.0.0 belongs to the host" });
    expect(await refused(NAME, { write: "x" })).toMatchObject({ code: "usage" });
    expect(await refused(NAME, { read: "state.get" })).toMatchObject({ code: "usage" });
    host.provide(NAME, reader);
    expect(await refused(NAME)).toMatchObject({ code: "usage", message: `${NAME} is provided already` });
  });

  it("is what a replay believes: an answer that was changed makes the rest come out otherwise", async () => {
    const { store } = await use(["count"]);
    const changed = Array.from(store.entries(0), (bytes) => {
      const entry = readEntry(bytes);
      if (entry.kind !== "transition") return bytes;
      return new EntryWriter().transition(entry.previous, { ...entry, answers: [writeAnswer({ kind: "returned", value: 999n })] });
    });
    const { difference } = await Replay.run({ entries: changed, component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect(difference).toMatchObject({ field: "outputs", key: "0", replayed: expect.stringContaining("999") as string });
  });
});
