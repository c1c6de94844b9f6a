import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { LoadOptions } from "../../host/contract/host.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { command } from "../cli/command.ts";
import { casesModule, foreignComponent, foreignText } from "../dialect/foreign.ts";
import { answers, sameAgain } from "../dialect/replaying.ts";
import { componentOf, ownWit } from "../fixture/component.ts";
import { ALL_GRANTS, start } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { refusalOf } from "../refusal.ts";
import { inFolder } from "../typescript/building.ts";

const OPS = "acme:math/ops@1.0.0";
const MATH_WIT = `package acme:math@1.0.0 {
  interface ops {
    resource counter { constructor(start: u32); add: func(by: u32) -> u32; made: static func() -> u32; }
    add: func(a: u32, b: u32) -> u32;
    divide: func(a: u32, b: u32) -> result<u32, string>;
    spin: func();
    crash: func();
    grow: func(pages: u32) -> s32;
    total: func(of: borrow<counter>) -> u32;
    seen: func() -> u32;
  }
}`;

/** A component of arithmetic; counters have their value for what they are known by. */
const MATH = `(module
  (import "[export]${OPS}" "[resource-new]counter" (func $new (param i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 64) "by nothing")
  (global $made (mut i32) (i32.const 0)) (global $seen (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
  (func (export "${OPS}#[constructor]counter") (param i32) (result i32) (local $at i32)
    (global.set $made (i32.add (global.get $made) (i32.const 1)))
    (local.set $at (i32.add (i32.const 256) (i32.mul (global.get $made) (i32.const 4))))
    (i32.store (local.get $at) (local.get 0))
    (call $new (local.get $at)))
  (func (export "${OPS}#[method]counter.add") (param i32 i32) (result i32)
    (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (local.get 1)))
    (i32.load (local.get 0)))
  (func (export "${OPS}#[static]counter.made") (result i32) global.get $made)
  (func (export "${OPS}#total") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "${OPS}#add") (param i32 i32) (result i32)
    (global.set $seen (i32.add (global.get $seen) (i32.const 1)))
    (i32.add (local.get 0) (local.get 1)))
  (func (export "${OPS}#seen") (result i32) global.get $seen)
  (func (export "${OPS}#divide") (param i32 i32) (result i32)
    (if (i32.eqz (local.get 1))
      (then (i32.store8 (i32.const 16) (i32.const 1)) (i32.store (i32.const 20) (i32.const 64)) (i32.store (i32.const 24) (i32.const 10)))
      (else (i32.store8 (i32.const 16) (i32.const 0)) (i32.store (i32.const 20) (i32.div_u (local.get 0) (local.get 1)))))
    i32.const 16)
  (func (export "${OPS}#spin") (loop $forever (br $forever)))
  (func (export "${OPS}#crash") unreachable)
  (func (export "${OPS}#grow") (param i32) (result i32) (memory.grow (local.get 0))))`;

const CODE = casesModule(
  `import { add, divide, spin, crash, grow, total, seen, Counter } from "${OPS}";
   import { put } from "doteros:capsule/state@0.1.0";`,
  `{
    add() { return add(2, 3); },
    seen() { add(1, 1); return seen(); },
    divide() { return [divide(7, 2), attempt(() => divide(1, 0))]; },
    counter() { const one = new Counter(5); one.add(2); const other = new Counter(1); return [total(one), total(other), Counter.made()]; },
    spin() { put("lost", bytes("1")); spin(); },
    crash() { put("lost", bytes("1")); crash(); },
    grow() { return [grow(1), grow(2_000)]; },
    denied() { return [attempt(() => divide(13, 1)), divide(12, 1)]; },
    deniedAdd() { return add(13, 1); },
    deniedMethod() { const one = new Counter(5); return one.add(13); },
    deniedMaking() { return new Counter(13) !== undefined; },
  }`,
);

const worldOf = (body: string): string => `package test:linked;\nworld linked { ${body} }\n`;
/** A component that has one interface, and maybe imports another; each with one function, which adds one to what that answers. */
function step(name: string, needed?: string): Promise<Uint8Array> {
  const wit = (of: string): string => `package acme:${of}@1.0.0 { interface ops { next: func() -> u32; } }`;
  const world = worldOf(`${needed === undefined ? "" : `import acme:${needed}/ops@1.0.0;`} export acme:${name}/ops@1.0.0;`);
  const called = needed === undefined ? "i32.const 0" : "call $next";
  const imported = needed === undefined ? "" : `(import "acme:${needed}/ops@1.0.0" "next" (func $next (result i32)))`;
  const wat = `(module ${imported} (memory (export "memory") 1) (func (export "acme:${name}/ops@1.0.0#next") (result i32) (i32.add (i32.const 1) (${called}))))`;
  return componentOf(wat, { world: "linked", wit: [world, wit(name), ...(needed === undefined ? [] : [wit(needed)])].join("\n") });
}

let capsule: Uint8Array;
let math: Uint8Array;
beforeAll(async () => {
  math = await componentOf(MATH, { world: "linked", wit: [worldOf(`export ${OPS};`), MATH_WIT].join("\n") });
  capsule = await foreignComponent({ packages: [MATH_WIT], imports: [OPS, "doteros:capsule/state@0.1.0", "doteros:capsule/messaging@0.1.0"], code: CODE });
}, 60_000);

const link = (): LoadOptions => ({ link: { "acme:math/ops": math } });

describe("a capsule that is linked to another component", () => {
  it("calls it, with values, errors and resources", async () => {
    const { send, heard, host } = await start(capsule, {}, { load: link() });
    for (const word of ["add", "divide", "counter"]) await send(word);
    expect(answers(heard)).toEqual([5, [3, { error: "by nothing" }], [7, 1, 2]]);
    await host.close();
  });

  it("cannot be in a thread, and says why", async () => {
    const where = "acme:math/ops@1.0.0";
    const message = `script cannot be in a thread yet: it is linked to another component for ${where}`;
    expect(await refusalOf(start(capsule, {}, { platform: threadPlatform, load: { ...link(), isolation: "thread" } }))).toMatchObject({ code: "unsupported", where, message, help: 'load it with isolation: "none"' });
  });

  it("cannot be copied, and does not sleep", async () => {
    const { send, heard, host, capsule: linked } = await start(capsule, {}, { load: link(), sleep: { afterMilliseconds: 5, awakeMax: 1 } });
    await send("seen");
    expect(await refusalOf(linked.snapshot())).toMatchObject({ code: "unsupported", message: "script uses acme:math/ops@1.0.0, which is no part of a snapshot" });
    await wait(50);
    expect(linked.isAsleep).toBe(false);
    await send("seen");
    expect(answers(heard)).toEqual([1, 2]);
    await host.close();
  });

  it("does not begin from a snapshot", async () => {
    expect(await refusalOf(start(capsule, {}, { load: { ...link(), snapshot: Uint8Array.of(1) } }))).toMatchObject({ code: "unsupported", where: "acme:math/ops@1.0.0" });
  });

  it("has it for itself, and made anew with its own instance", async () => {
    const { send, heard, host, capsule: first } = await start(capsule, { retry: { attempts: 1 } }, { load: link() });
    await host.load(capsule, { grants: ALL_GRANTS, ...link(), manifest: { ...first.manifest, name: "other", subscriptions: ["other"] } });
    for (const word of ["seen", "seen", "crash", "seen"]) await send(word);
    await host.publish("other", "seen");
    await host.idle();
    expect(answers(heard)).toEqual([1, 2, 1, 1]);
    expect(first.counters.traps).toBe(1);
    expect(first.state.size).toBe(0);
    await host.close();
  });

  it("shares its fuel and its memory with it", async () => {
    const manifest: Partial<Manifest> = { retry: { attempts: 1 } };
    const { send, heard, host, capsule: one } = await start(capsule, manifest, { load: link() });
    await send("spin");
    expect(one.counters.exhausted).toBe(1);
    expect(one.state.size).toBe(0);
    await send("grow");
    expect(answers(heard)).toEqual([[1, -1]]);
    await host.close();
  });

  it("is asked of the policy for each call", async () => {
    const policy = { modules: { "policy.rego": `package doteros
      default allow := true
      deny contains "unlucky" if { startswith(input.operation, "acme:math/ops#"); input.resource[_] == "13" }` } };
    const store = new MemoryStore();
    const { send, heard, host, capsule: one } = await start(capsule, { retry: { attempts: 1 } }, { load: link(), policy, store });
    for (const word of ["denied", "deniedAdd", "deniedMethod", "deniedMaking"]) await send(word);
    expect(answers(heard)).toEqual([[{ error: "denied: unlucky" }, 12]]);
    expect(heard.flatMap(({ headers }) => headers[0]?.[1] ?? [])).toEqual([
      "acme:math/ops#add: denied: unlucky",
      "acme:math/ops#[method]counter.add: denied: unlucky",
      "acme:math/ops#[constructor]counter: denied: unlucky",
    ]);
    expect(one.counters.denied).toBe(4);
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 1, failures: 3 });
  });

  it("comes to the same in a replay, which finds the other component by its digest", async () => {
    const store = new MemoryStore();
    const { send, host, capsule: one } = await start(capsule, { retry: { attempts: 1 } }, { load: link(), store });
    for (const word of ["add", "divide", "counter", "spin", "crash", "grow"]) await send(word);
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 4, failures: 2 });
    const [load] = Array.from(store.entries(0), readEntry);
    const [use] = load?.kind === "load" ? (load.uses ?? []) : [];
    expect(use?.name).toBe(OPS);
    const digest = Buffer.from(use?.digest ?? []).toString("hex");
    expect(digest).not.toBe(one.digest);
    expect(store.component(digest)).toEqual(new Uint8Array(math));
  });
});

describe("what is linked", () => {
  const wat = (name: string): string => `(module (import "acme:${name}/ops@1.0.0" "next" (func $next (result i32)))
    (import "doteros:capsule/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32))) (memory (export "memory") 1) (data (i32.const 0) "n")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
    (func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
      (i32.store8 (i32.const 1) (i32.add (i32.const 48) (call $next)))
      (call $put (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 32)) i32.const 16))`;
  const user = (name: string): Promise<Uint8Array> =>
    foreignText(wat(name), { packages: [`package acme:${name}@1.0.0 { interface ops { next: func() -> u32; } }`], imports: [`acme:${name}/ops@1.0.0`, "doteros:capsule/state@0.1.0"] });

  it("may be linked to others in turn, in any order", async () => {
    const chain = { "acme:c/ops": await step("c"), "acme:a/ops": await step("a", "b"), "acme:b/ops@1.0.0": await step("b", "c") };
    const store = new MemoryStore();
    const { send, entries, host } = await start(await user("a"), {}, { load: { link: chain }, store });
    await send("");
    expect(entries()).toEqual({ n: "3" });
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 1, failures: 0 });
  });

  it("is refused, named, when two need each other", async () => {
    await using host = await createHost();
    const both = { "acme:a/ops": await step("a", "b"), "acme:b/ops": await step("b", "a") };
    expect(await refusalOf(host.load(await user("a"), { grants: ALL_GRANTS, link: both }))).toMatchObject({
      code: "circular-link",
      message: "components need each other: acme:b/ops@1.0.0, which needs acme:a/ops@1.0.0, which needs acme:b/ops@1.0.0",
    });
  });

  it("is refused when nothing imports it, it does not have what it is for, or imports what is not there", async () => {
    await using host = await createHost();
    const refused = async (components: Readonly<Record<string, Uint8Array>>): Promise<unknown> => refusalOf(host.load(await user("a"), { grants: ALL_GRANTS, link: components }));
    const [a, b, c] = [await step("a"), await step("b"), await step("a", "c")];
    expect(await refused({ "acme:a/ops": a, "acme:z/ops": b })).toMatchObject({ code: "usage", message: "nothing imports acme:z/ops, for which a component is linked" });
    expect(await refused({ "acme:a/ops": b })).toMatchObject({ code: "missing-export", where: "acme:a/ops@1.0.0" });
    expect(await refused({ "acme:a/ops": c })).toMatchObject({ code: "missing-import", where: "acme:c/ops@1.0.0", message: expect.stringContaining("linked for acme:a/ops@1.0.0") as string });
    expect(await refused({ ops: a })).toMatchObject({ code: "usage" });
    expect(await refused({})).toMatchObject({ code: "missing-import", where: "acme:a/ops@1.0.0" });
  });

  it("is refused when its types are others", async () => {
    await using host = await createHost();
    const wit = "package acme:a@1.0.0 { interface ops { next: func() -> s32; } }";
    const other = await componentOf(`(module (memory (export "memory") 1) (func (export "acme:a/ops@1.0.0#next") (result i32) i32.const 1))`, { world: "linked", wit: [worldOf("export acme:a/ops@1.0.0;"), wit].join("\n") });
    const error = await refusalOf(host.load(await user("a"), { grants: ALL_GRANTS, link: { "acme:a/ops": other } }));
    expect(error).toMatchObject({ code: "wrong-import", where: "acme:a/ops@1.0.0#next" });
  });

  it("needs the grants of the capsule for what it imports of the host", async () => {
    await using host = await createHost();
    const wit = "package acme:a@1.0.0 { interface ops { next: func() -> u32; } }";
    const own = ownWit().replace(/^package (.*);$/m, "package $1 {").replace(/^(?=package wasi:)/m, "}\n");
    const timed = await componentOf(
      `(module (import "doteros:capsule/context@0.1.0" "index" (func $index (result i64))) (memory (export "memory") 1)
        (func (export "acme:a/ops@1.0.0#next") (result i32) (i32.wrap_i64 (call $index))))`,
      { world: "linked", wit: [worldOf("import doteros:capsule/context@0.1.0; export acme:a/ops@1.0.0;"), wit, own].join("\n") },
    );
    const components = { "acme:a/ops": timed };
    expect(await refusalOf(host.load(await user("a"), { grants: ["state"], link: components }))).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant context" });
    const one = await host.load(await user("a"), { grants: ["state", "context", "subscribe=do"], link: components });
    await host.publish("do", "");
    await host.publish("do", "");
    await host.idle();
    expect(one.state.get("n")).toEqual(new TextEncoder().encode("2"));
  });

  it("may stand between the capsule and the host", async () => {
    const state = "doteros:capsule/state@0.1.0";
    const between = await foreignComponent({
      packages: [],
      imports: [state],
      exports: state,
      code: `import * as host from "${state}";
        export const state = {
          get: (key) => host.get("own/" + key), delete: (key) => host.delete("own/" + key), version: () => host.version(),
          put(key, value) { if (key === "no") throw { tag: "denied", val: "not that one" }; host.put("own/" + key, value); },
          scan: (start, end, limit) => host.scan(start, end, limit),
        };`,
    });
    const writer = await foreignComponent({
      packages: [],
      imports: [state, "doteros:capsule/messaging@0.1.0"],
      code: casesModule(`import { get, put } from "${state}";`, `{ write() { put("a", bytes("1")); return [get("a"), attempt(() => put("no", bytes("1")))]; } }`),
    });
    const store = new MemoryStore();
    const { send, heard, entries, host } = await start(writer, {}, { load: { link: { "doteros:capsule/state": between } }, store });
    await send("write");
    expect(answers(heard)).toEqual([["1", { error: { tag: "denied", val: "not that one" } }]]);
    expect(entries()).toEqual({ "own/a": "1" });
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 1, failures: 0 });
  }, 30_000);

  it("is linked by the command line", async () => {
    const files = await inFolder({ "rows.ndjson": "{}\n" }, async (folder) => {
      writeFileSync(join(folder, "user.wasm"), await user("a"));
      writeFileSync(join(folder, "a.wasm"), await step("a"));
      const args = ["run", join(folder, "user.wasm"), "--input", join(folder, "rows.ndjson"), "--grant", "state", "--grant", "subscribe=input", "--json"];
      return [await command([...args, "--link", `acme:a/ops=${join(folder, "a.wasm")}`]), await command(args), await command([...args, "--link", "acme:a/ops"])];
    });
    expect(files.map(({ code }) => code)).toEqual([0, 1, 2]);
    expect(files[0]?.stdout).toContain('"transitions":1');
  });
});
