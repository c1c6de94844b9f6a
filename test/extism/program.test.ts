import { describe, expect, it } from "vitest";
import { argumentHeaders } from "../../host/contract/command.ts";
import type { LoadOptions } from "../../host/contract/host.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import type { PolicySource } from "../../host/contract/policy.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { sameAgain } from "../dialect/replaying.ts";
import { outsidePlatform } from "../network/platform.ts";
import { headersOf } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { pluginOf } from "./plugin.ts";

/** A program of WASI preview 1. What it calls it imports. */
const programOf = (body: string, more = ""): Promise<Uint8Array> => pluginOf(`${more} (func (export "_start") (local $at i32) (drop (call $sched_yield)) ${body})`);

/** Writes as much of memory, from 1,024 on. */
const print = (descriptor: number, length: string): string =>
  `(i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) ${length}) (drop (call $fd_write (i32.const ${descriptor}) (i32.const 0) (i32.const 1) (i32.const 8)))`;
/** Prints a list of texts, with the pointers before them left out. */
const list = (name: string): string => `(drop (call $${name}_sizes_get (i32.const 16) (i32.const 20))) (drop (call $${name}_get (i32.const 100) (i32.const 1024))) ${print(1, "(i32.load (i32.const 20))")}`;
/** Reads up to so many bytes, and prints them. */
const echo = (most: number): string =>
  `(i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const ${most})) (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))) (local.set $at (i32.load (i32.const 8))) ${print(1, "(local.get $at)")}`;

interface Ran {
  readonly lines: string[];
  readonly deaths: Readonly<Record<string, string>>[];
  readonly counters: { readonly transitions: number; readonly faults: number; readonly traps: number };
}

interface Options extends Omit<LoadOptions, "manifest"> {
  readonly capabilities?: Manifest["capabilities"];
  readonly words?: readonly string[];
  readonly payloads?: readonly string[];
  readonly policy?: PolicySource;
  readonly store?: MemoryStore;
}

/** Runs a program for some messages, which are given to it as its standard input. */
async function ran(program: Uint8Array, { words = [], payloads = [""], policy, store, capabilities = {}, ...load }: Options = {}): Promise<Ran> {
  const lines: string[] = [];
  const deaths: Ran["deaths"] = [];
  const host = await createHost({ platform: { ...threadPlatform, ...outsidePlatform }, log: ({ level, context, message }) => lines.push(`${level} ${context}: ${message}`), ...(policy === undefined ? {} : { policy }), ...(store === undefined ? {} : { store }) });
  const manifest = { name: "program", version: "1.0.0", capabilities: { log: true, ...capabilities }, subscriptions: ["run"] } as const;
  const capsule = await host.load(program, { ...load, grants: ["log", "subscribe=run", ...(load.grants ?? [])], manifest });
  host.subscribe("dlq.>", (message) => deaths.push(headersOf(message)));
  for (const payload of payloads) await host.publish("run", payload, { headers: argumentHeaders(words) });
  await host.idle();
  await host.close();
  return { lines, deaths, counters: capsule.counters };
}

describe("a program of WASI preview 1", () => {
  it("has the arguments that the headers of the message say, each with an end", async () => {
    const { lines, counters } = await ran(await programOf(list("args")), { words: ["wc", "", "-l", "grüße\nan"] });
    expect(lines).toEqual(["info stdout: wc\0\0-l\0grüße", "info stdout: an\0"]);
    expect(counters).toMatchObject({ transitions: 1, faults: 0 });
    expect((await ran(await programOf(list("args")))).lines).toEqual([]);
  });

  it("has the variables that were granted, and that the policy lets it have", async () => {
    const program = await programOf(list("environ"));
    const granted = { grants: ["env:A=1", "env:B=two"], capabilities: { env: ["A", "B"] } };
    expect((await ran(program, granted)).lines).toEqual(["info stdout: A=1\0B=two\0"]);
    const policy = { modules: { "policy.rego": 'package doteros\nallow if input.operation != "env"\nallow if input.resource.name == "A"' } };
    expect((await ran(program, { ...granted, policy })).lines).toEqual(["info stdout: A=1\0"]);
    expect((await ran(program)).lines).toEqual([]);
  });

  it("reads the payload as its standard input, from message to message anew", async () => {
    const program = await programOf(`${echo(4)} ${echo(100)} ${echo(100)}`);
    expect((await ran(program, { payloads: ["hello", "you"] })).lines).toEqual(["info stdout: hello", "info stdout: you"]);
  });

  it("fills the first piece that takes something", async () => {
    const two = "(i32.store (i32.const 16) (i32.const 2000)) (i32.store (i32.const 20) (i32.const 0)) (i32.store (i32.const 24) (i32.const 1024)) (i32.store (i32.const 28) (i32.const 3))";
    const { lines } = await ran(await programOf(`${two} (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 2) (i32.const 8))) ${print(1, "(i32.load (i32.const 8))")}`), { payloads: ["hello"] });
    expect(lines).toEqual(["info stdout: hel"]);
  });

  it("has a new instance for each message, whether it exits or not", async () => {
    const counting = (end: string): Promise<Uint8Array> => programOf(`(global.set $n (i32.add (global.get $n) (i32.const 48))) (i32.store8 (i32.const 1024) (global.get $n)) ${print(1, "(i32.const 1)")} ${end}`, "(global $n (mut i32) (i32.const 1))");
    for (const end of ["", "(call $proc_exit (i32.const 0)) (unreachable)"]) {
      expect(await ran(await counting(end), { payloads: ["a", "b"] })).toEqual({ lines: ["info stdout: 1", "info stdout: 1"], deaths: [], counters: expect.objectContaining({ transitions: 2, traps: 0 }) as unknown });
    }
  });

  it("fails with its exit code, once: what it did is not done again", async () => {
    const { deaths, lines } = await ran(await programOf(`(i32.store8 (i32.const 1024) (i32.const 33)) ${print(2, "(i32.const 1)")} (call $proc_exit (i32.const 33)) (unreachable)`));
    expect(lines).toEqual(["warn stderr: !"]);
    expect(deaths).toMatchObject([{ "dead-letter-code": "capsule-fault", "dead-letter-reason": "failed: exit code 33", "dead-letter-attempts": "1" }]);
  });

  it("traps as any capsule does", async () => {
    expect((await ran(await programOf("(unreachable)"))).deaths).toMatchObject([{ "dead-letter-code": "trap", "dead-letter-reason": "_start trapped: unreachable" }]);
  });

  it("is held to its fuel", async () => {
    expect((await ran(await programOf("(loop $on (br $on))"), { limits: { fuelPerMessage: 1_000_000 } })).deaths).toMatchObject([{ "dead-letter-code": "fuel-exhausted" }]);
  });

  it("needs no grant for time and chance, which are those of the message", async () => {
    const { deaths } = await ran(await programOf("(if (i32.or (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 0)) (call $random_get (i32.const 8) (i32.const 8))) (then (unreachable))) (if (i64.eqz (i64.load (i32.const 0))) (then (unreachable)))"));
    expect(deaths).toEqual([]);
  });

  it("runs in a thread of its own, and without a manifest", async () => {
    const program = await programOf(list("args"));
    expect((await ran(program, { words: ["a"], isolation: "thread" })).lines).toEqual(["info stdout: a\0"]);
    const host = await createHost({ platform: nodePlatform });
    const capsule = await host.load(program, { grants: ["subscribe=run"] });
    await host.publish("run", "");
    await host.idle();
    expect(capsule.counters).toMatchObject({ transitions: 1, faults: 0 });
    await host.close();
  });

  it("comes to the same when its ledger is replayed", async () => {
    const store = new MemoryStore();
    const program = await programOf(`${list("args")} ${echo(10)} (drop (call $random_get (i32.const 8) (i32.const 1))) (call $proc_exit (i32.rem_u (i32.load8_u (i32.const 8)) (i32.const 2)))`);
    const { counters } = await ran(program, { store, words: ["a"], payloads: Array.from("abcdefghijklmnop") });
    expect(counters.transitions).toBeGreaterThan(0);
    expect(counters.faults).toBeGreaterThan(0);
    expect(await sameAgain(store)).toEqual({ transitions: counters.transitions, failures: counters.faults });
  });

  it("is refused folders, which it can have through the adapter", async () => {
    const program = await programOf("");
    const refusal = { code: "unsupported", help: expect.stringContaining("doteros-wasm run") as unknown };
    await expect(ran(program, { grants: ["fs:.:ro"], capabilities: { files: [".:ro"] } })).rejects.toMatchObject(refusal);
    const host = await createHost({ platform: outsidePlatform });
    await expect(host.load(program, { grants: ["fs:.:ro"] })).rejects.toMatchObject(refusal);
    await host.close();
  });

  it("is a plugin where one of its functions is named", async () => {
    const program = await pluginOf(`(func (export "_start") (unreachable)) (func (export "other"))`);
    await expect(ran(program)).rejects.toMatchObject({ code: "core-module" });
    const both = await pluginOf(`(func (export "_start") (call $proc_exit (i32.const 3))) (func (export "other") ${print(1, "(i32.const 1)")})`);
    expect((await ran(both)).deaths).toMatchObject([{ "dead-letter-reason": "failed: exit code 3" }]);
  });
});
