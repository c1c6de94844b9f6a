import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { refusalOf } from "../refusal.ts";
import { start } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { casesModule, foreignComponent, witOf } from "./foreign.ts";
import { answers, sameAgain } from "./replaying.ts";

const importsOf = (version: string): string[] => ["store", "atomics", "batch"].map((name) => `wasi:keyvalue/${name}@${version}`);
const codeOf = (version: string, cases: string): string =>
  casesModule(
    `import { open } from "wasi:keyvalue/store@${version}";
     import * as atomics from "wasi:keyvalue/atomics@${version}";
     import { getMany, setMany, deleteMany } from "wasi:keyvalue/batch@${version}";`,
    `{
      set() { const bucket = open("default"); bucket.set("a", bytes("1")); return [bucket.get("a"), bucket.get("b"), bucket.exists("a"), bucket.exists("b")]; },
      other() { return open("other").get("a"); },
      delete() { const bucket = open("default"); bucket.delete("a"); bucket.delete("never"); return [bucket.get("a")]; },
      names() { return [attempt(() => open("\\0")), attempt(() => open("x".repeat(65))), typeof open("")]; },
      longKey() { return attempt(() => open("default").set("k".repeat(600), bytes(""))); },
      longValue() { return attempt(() => open("default").set("k", new Uint8Array(1_048_577))); },
      list() { const bucket = open("list"); for (const key of ["b", "a", "c"]) bucket.set(key, bytes("")); return bucket.listKeys(undefined); },
      increment() { const bucket = open("n"); return [atomics.increment(bucket, "n", 5), atomics.increment(bucket, "n", 2), bucket.get("n")]; },
      words() { const bucket = open("n"); bucket.set("w", bytes("word")); return attempt(() => atomics.increment(bucket, "w", 1)); },
      many() { const bucket = open("many"); setMany(bucket, [["x", bytes("1")], ["y", bytes("2")]]); const found = getMany(bucket, ["y", "no", "x"]); deleteMany(bucket, ["x", "no"]); return [found, bucket.listKeys(undefined).keys]; },
      writeAndFail() { open("default").set("lost", bytes("1")); throw { tag: "failed", val: "no" }; },
      writeAndTrap() { open("default").set("lost", bytes("1")); publish({}); },
      secret() { const bucket = open("secret"); return [attempt(() => bucket.get("a")), attempt(() => bucket.set("a", bytes("")))]; },
      keep() { globalThis.kept = open("default"); globalThis.kept.set("kept", bytes("1")); },
      kept() { return globalThis.kept.get("kept"); },
      ${cases}
    }`,
  );

let first: Uint8Array;
let second: Uint8Array;
let answering: Uint8Array;
beforeAll(async () => {
  const build = (name: string, version: string, cases: string, packages = [witOf(name)]): Promise<Uint8Array> =>
    foreignComponent({ packages, imports: [...importsOf(version), "doteros:capsule/messaging@0.1.0"], code: codeOf(version, cases) });
  first = await build(
    "keyvalue",
    "0.2.0-draft",
    `page() { const bucket = open("many-keys"); for (let at = 0; at < 10_003; at += 1) bucket.set(String(at).padStart(6, "0"), bytes("")); const one = bucket.listKeys(undefined); const two = bucket.listKeys(one.cursor); return [one.keys.length, one.cursor, two.keys, two.cursor]; },
     overflow() { const bucket = open("n"); bucket.set("o", bytes("18446744073709551615")); return attempt(() => atomics.increment(bucket, "o", 1)); },`,
  );
  second = await build(
    "keyvalue2",
    "0.2.0-draft2",
    `cursor() { const bucket = open("list"); return bucket.listKeys("a"); },
     down() { return atomics.increment(open("n"), "down", -3); },
     cas() { const bucket = open("cas"); const cas = atomics.Cas.new(bucket, "k"); const before = cas.current(); atomics.swap(cas, bytes("1")); return [before, bucket.get("k")]; },
     late() { const bucket = open("cas"); const cas = atomics.Cas.new(bucket, "k"); bucket.set("k", bytes("between")); const { error } = attempt(() => atomics.swap(cas, bytes("2"))); atomics.swap(error.val, bytes("3")); return [error.tag, bucket.get("k")]; },
     denied() { return attempt(() => atomics.Cas.new(open("secret"), "k")); },`,
  );
  const latest = witOf("keyvalue2").replace("list<option<tuple<string, list<u8>>>>", "list<tuple<string, option<list<u8>>>>");
  answering = await build("keyvalue2", "0.2.0-draft2", "", [latest]);
}, 120_000);

describe.each([
  ["0.2.0-draft", () => first],
  ["0.2.0-draft2", () => second],
])("wasi:keyvalue@%s", (_, component) => {
  it("keeps what is set in buckets, each for itself", async () => {
    const { send, heard, host, capsule } = await start(component());
    for (const name of ["set", "other", "list", "delete", "names"]) await send(name);
    expect(answers(heard)).toEqual([
      ["1", null, true, false],
      null,
      { keys: ["a", "b", "c"], cursor: null },
      [null],
      [{ error: { tag: "no-such-store" } }, { error: { tag: "no-such-store" } }, "object"],
    ]);
    expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["\0\0klist\0a", "\0\0klist\0b", "\0\0klist\0c"]);
    await host.close();
  });

  it("counts, and answers what cannot be done with an error", async () => {
    const { send, heard, host } = await start(component());
    for (const name of ["increment", "words", "longKey", "longValue"]) await send(name);
    expect(answers(heard)).toEqual([
      [5, 7, "7"],
      { error: { tag: "other", val: "the value is no number" } },
      { error: { tag: "other", val: expect.stringContaining("more than 512") as string } },
      { error: { tag: "other", val: "the value has 1048577 bytes, more than 1048576" } },
    ]);
    await host.close();
  });

  it("gets, sets and deletes many at once", async () => {
    const { send, heard, host } = await start(component());
    await send("many");
    expect(answers(heard)).toEqual([[[["y", "2"], null, ["x", "1"]], ["y"]]]);
    await host.close();
  });

  it("undoes what a message wrote that failed, and keeps handles from one message to the next", async () => {
    const { send, heard, host, capsule } = await start(component(), { retry: { attempts: 1 } });
    for (const name of ["keep", "writeAndFail", "kept", "writeAndTrap"]) await send(name);
    expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["\0\0kdefault\0kept"]);
    expect(answers(heard)).toEqual([null, "1"]);
    expect(capsule.counters).toMatchObject({ faults: 1, traps: 1, deadLettered: 2, transitions: 2 });
    await host.close();
  });

  it("is refused by name without the grant for state", async () => {
    await using host = await createHost();
    const error = await refusalOf(host.load(component(), { grants: ["publish=>", "request=>"] }));
    expect(error.code).toBe("not-granted");
    expect(error.help).toBe("to grant all of it, add --grant state");
  });

  it("asks the policy about each key, as keyvalue/BUCKET/KEY", async () => {
    const rego = `package doteros
      allow if not startswith(object.get(input.resource, "key", ""), "keyvalue/secret/")`;
    const { send, heard, host, capsule } = await start(component(), {}, { policy: { modules: { "policy.rego": rego } } });
    await send("secret");
    await send("set");
    expect(answers(heard)).toEqual([
      [{ error: { tag: "access-denied" } }, { error: { tag: "access-denied" } }],
      ["1", null, true, false],
    ]);
    expect(capsule.counters.denied).toBe(2);
    await host.close();
  });

  it("comes to the same in a replay", async () => {
    const store = new MemoryStore();
    const { send, host } = await start(component(), { retry: { attempts: 1 } }, { store });
    for (const name of ["set", "list", "increment", "words", "many", "keep", "writeAndFail", "kept", "longKey", "writeAndTrap", "set"]) await send(name);
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 9, failures: 2 });
  });

  it("comes to the same in a thread, and in a replay of that", async () => {
    const [here, there] = [new MemoryStore(), new MemoryStore()];
    for (const [store, isolation] of [[here, "none"], [there, "thread"]] as const) {
      const { send, host } = await start(component(), { retry: { attempts: 1 } }, { store, platform: { ...threadPlatform, now: () => 1n }, load: { isolation } });
      for (const name of ["set", "list", "keep", "writeAndFail", "kept", "many", "writeAndTrap", "set"]) await send(name);
      await host.close();
    }
    const [ours, theirs] = [here, there].map((store) => Array.from(store.entries(0), (entry) => Buffer.from(entry).toString("hex")));
    expect(theirs).toEqual(ours);
    expect(await sameAgain(there)).toEqual({ transitions: 6, failures: 2 });
  });

  it("can be copied and sleep before it had a bucket, and not while it may have one", async () => {
    const { send, heard, host, capsule } = await start(component(), {}, { sleep: { afterMilliseconds: 5 } });
    const snapshot = await capsule.snapshot();
    while (!capsule.isAsleep) await wait(5);
    await send("keep");
    expect(await refusalOf(capsule.snapshot())).toMatchObject({ code: "unsupported", message: expect.stringContaining("handles of resources") as string });
    await wait(50);
    expect(capsule.isAsleep).toBe(false);
    await send("kept");
    expect(answers(heard)).toEqual([null, "1"]);
    await host.close();
    const other = await start(component(), {}, { load: { snapshot } });
    await other.send("set");
    expect(answers(other.heard)).toEqual([["1", null, true, false]]);
    await other.host.close();
  });
});

describe("wasi:keyvalue", () => {
  it("lists many keys a page at a time, by how many there were", async () => {
    const { send, heard, host } = await start(first, { limits: { fuelPerMessage: 2_000_000_000 } }, { load: { limits: { fuelPerMessage: 2_000_000_000 } } });
    await send("page");
    await send("overflow");
    expect(answers(heard)).toEqual([
      [10_000, 10_000, ["010000", "010001", "010002"], null],
      { error: { tag: "other", val: "the number would not be within 0 and 18446744073709551615" } },
    ]);
    await host.close();
  });

  it("lists the keys after the last one, and counts down, in its second draft", async () => {
    const { send, heard, host } = await start(second);
    for (const name of ["list", "cursor", "down"]) await send(name);
    expect(answers(heard).slice(1)).toEqual([{ keys: ["b", "c"], cursor: null }, -3]);
    await host.close();
  });

  it("swaps a value that is as it was, and gives who comes late another handle", async () => {
    const { send, heard, host } = await start(second);
    await send("cas");
    await send("late");
    expect(answers(heard)).toEqual([[null, "1"], ["cas-failed", "3"]]);
    await host.close();
  });

  it("answers for each key where the component was built for that", async () => {
    const { send, heard, host } = await start(answering);
    await send("many");
    expect(answers(heard)).toEqual([[[["y", "2"], ["no", null], ["x", "1"]], ["y"]]]);
    await host.close();
  });
});
