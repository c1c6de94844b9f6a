import { describe, expect, it } from "vitest";
import { ComponentError } from "../../host/contract/error.ts";
import { textOf } from "../fixture/running.ts";
import { ANSWER_WORD, BLOCK_OF, GRANTS, MANIFEST, pluginOf, run, startPlugin, wordOf } from "./plugin.ts";

const KEY = '(data (i32.const 0) "name") (data (i32.const 16) "value")';
const NAME = "(call $block_of (i32.const 0) (i32.const 4))";
const VALUE = "(call $block_of (i32.const 16) (i32.const 5))";
/** Answers with a block, and with nothing when there is none. */
const ANSWER_BLOCK = "(func $answer (param $at i64) (call $output_set (local.get $at) (call $length (local.get $at))))";
const WITH = `${KEY} ${BLOCK_OF} ${ANSWER_BLOCK}`;
/** Answers with what it was given. */
const ECHO = run("(call $output_set (call $input_offset) (call $input_length))");

describe("what a plugin is given and answers", () => {
  it("is the payload, and the payload of a message", async () => {
    const { host, text, call, capsule } = await startPlugin(ECHO);
    expect(await text("hello")).toBe("hello");
    expect(await call(Uint8Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
    expect(await call("")).toEqual(new Uint8Array());
    expect(capsule.counters).toMatchObject({ transitions: 3, published: 3 });
    await host.close();
  });

  it("is its own: what it does to its input nobody else sees", async () => {
    const { host, text } = await startPlugin(run("(call $store_u8 (call $input_offset) (i32.const 88)) (call $output_set (call $input_offset) (call $input_length))"));
    const heard: string[] = [];
    host.subscribe("in", ({ payload }) => heard.push(textOf(payload)));
    expect(await text("hello")).toBe("Xello");
    expect(heard).toEqual(["hello"]);
    await host.close();
  });

  it("goes to who asked for it, and nowhere when nobody did and the manifest names no subject", async () => {
    const { host, call } = await startPlugin(ECHO, { manifest: { plugin: { call: "run" }, capabilities: { publish: ["asked.>"] } }, load: { grants: ["publish=asked.>", "subscribe=in"] } });
    const heard: string[] = [];
    host.subscribe("asked.>", ({ subject, payload }) => heard.push(`${subject} ${textOf(payload)}`));
    await host.publish("in", "a", { replyTo: "asked.me" });
    expect(await call("b")).toBeUndefined();
    expect(heard).toEqual(["asked.me a"]);
    await host.publish("in", "c", { replyTo: "elsewhere" });
    expect(await call("d")).toBe("capsule-fault: denied: it may not publish to elsewhere; it may to asked.>");
    await host.close();
  });

  it("may be what was said last, and freed by then", async () => {
    const { host, text } = await startPlugin(`${WITH} ${run(`(local.set $at ${NAME}) (call $answer ${VALUE}) (call $answer (local.get $at)) (call $free (local.get $at))`, "(local $at i64)")}`);
    expect(await text()).toBe("name");
    await host.close();
  });

  it.each([
    ["a code that is not 0", '(func (export "run") (result i32) (i32.const 3))', "capsule-fault: failed: run answered 3"],
    ["an error, whatever its code", `${WITH} (func (export "run") (result i32) (call $answer ${NAME}) (call $error_set ${VALUE}) (i32.const 0))`, "capsule-fault: failed: value"],
    ["an error that it takes back", `${WITH} ${run(`(call $error_set ${VALUE}) (call $error_set (i64.const 0)) (call $answer ${NAME})`)}`, "name"],
    ["a code of 0", `${WITH} (func (export "run") (result i32) (call $answer ${NAME}) (i32.const 0))`, "name"],
  ])("fails when it is %s", async (_, plugin, expected) => {
    const { host, text, capsule } = await startPlugin(plugin);
    expect(await text()).toBe(expected);
    // An error of its own is no trap: its instance goes on.
    expect(capsule.counters.traps).toBe(0);
    await host.close();
  });

  it("tells the error that was set", async () => {
    const { host, text } = await startPlugin(`${WITH} ${run(`(call $error_set ${VALUE}) (call $output_set (call $error_get) (i64.const 5)) (call $error_set (i64.const 0))`)}`);
    expect(await text()).toBe("value");
    await host.close();
  });
});

describe("the variables of a plugin", () => {
  const PUT = run(`(call $var_set ${NAME} (call $input_offset))`);
  const PLUGIN = `${WITH} ${PUT} (func (export "get") (call $answer (call $var_get ${NAME})))
    (func (export "delete") (call $var_set ${NAME} (i64.const 0)))
    (func (export "put-and-fail") (result i32) (call $var_set ${NAME} (call $input_offset)) (i32.const 1))`;

  it("are state of the capsule: there for the next message, unless this one fails", async () => {
    const { host, call, capsule } = await startPlugin(`${WITH} (func (export "run") (result i32)
      (call $answer (call $var_get ${NAME})) (call $var_set ${NAME} (call $input_offset)) (i32.eq (call $input_load_u8 (i64.const 0)) (i32.const 33)))`);
    expect(await call("one")).toEqual(new Uint8Array());
    expect(await call("two")).toEqual(new TextEncoder().encode("one"));
    expect(await call("!")).toBe("capsule-fault: failed: run answered 1");
    expect(await call("three")).toEqual(new TextEncoder().encode("two"));
    expect(Array.from(capsule.state.entries(), ([key, value]) => [key, textOf(value)])).toEqual([["\0\0v\0name", "three"]]);
    expect(capsule.state.version).toBe(3n);
    await host.close();
  });

  it("are the same whichever function is called, and gone when they are set to nothing", async () => {
    const bytes = await pluginOf(PLUGIN);
    const { host, call } = await startPlugin(bytes);
    await call("kept");
    const asked: string[] = [];
    host.subscribe("asked", ({ payload }) => asked.push(textOf(payload)));
    // The same state under the same name: one after the other.
    for (const name of ["get", "delete", "get"]) {
      await host.capsules.get("plugin")?.unload();
      await host.load(bytes, { grants: [...GRANTS, "publish=asked"], manifest: { ...MANIFEST, capabilities: { state: true, publish: ["asked"] } }, call: name });
      await host.publish("in", "", { replyTo: "asked" });
      await host.idle();
    }
    expect(asked).toEqual(["kept", ""]);
    await host.close();
  });

  it.each([
    ["a value that is larger than a payload", { payloadBytesMax: 100 }, `(call $var_set ${NAME} (call $alloc (i64.const 101)))`, "trap: run trapped: var_set: limit: the value has 101 bytes, more than 100"],
    ["more than the state may have", { stateBytesMax: 100 }, `(call $var_set ${NAME} (call $alloc (i64.const 100)))`, "trap: run trapped: var_set: limit: the state would have more than 100 bytes"],
    ["a name that is too long", {}, "(call $var_set (call $alloc (i64.const 600)) (call $alloc (i64.const 1)))", "trap: run trapped: var_set: invalid: the key has 604 bytes with what stands before it, more than 512"],
  ])("are refused %s", async (_, limits, body, expected) => {
    const { host, text, capsule } = await startPlugin(`${WITH} ${run(body)}`, { load: { limits } });
    expect(await text()).toBe(expected);
    expect(capsule.state.size).toBe(0);
    await host.close();
  });

  it("are asked of the policy", async () => {
    const policy = { modules: { "policy.rego": 'package doteros\nallow if input.operation != "state.put"\nallow if input.resource.key != "var/name"' } };
    const { host, text } = await startPlugin(`${WITH} ${run(`(call $var_set ${NAME} ${VALUE})`)}`, { policy });
    expect(await text()).toMatch(/^trap: run trapped: var_set: denied: /);
    await host.close();
  });
});

describe("what else a plugin may import", () => {
  it("is settings, and nothing where there is none", async () => {
    const plugin = `${WITH} ${run(`(call $answer (call $config_get ${NAME}))`)}`;
    const { host, text } = await startPlugin(plugin, { load: { config: { name: "grüße" } } });
    expect(await text()).toBe("grüße");
    await host.close();
    const { host: without, call } = await startPlugin(plugin);
    expect(await call()).toEqual(new Uint8Array());
    await without.close();
  });

  it("is lines of log, of every level", async () => {
    const levels = ["trace", "debug", "info", "warn", "error"];
    const { host, call, lines } = await startPlugin(`${WITH} ${ANSWER_WORD.replace("$answer", "$word_answer")} ${run(`${levels.map((level) => `(call $log_${level} ${VALUE})`).join(" ")} (call $word_answer (i64.extend_i32_u (call $get_log_level)))`)}`);
    expect(wordOf(await call())).toBe(0n);
    expect(lines.map(({ level, message, outcome }) => `${level} ${message} ${outcome}`)).toEqual(levels.map((level) => `${level} value committed`));
    await host.close();
  });

  it("is no network, and the call says so", async () => {
    const { host, text } = await startPlugin(`(data (i32.const 0) "{\\22url\\22:\\22https://x.example\\22}") ${BLOCK_OF} ${run("(drop (call $http_request (call $block_of (i32.const 0) (i32.const 27)) (i64.const 0)))")}`);
    expect(await text()).toBe("trap: run trapped: http_request: it may not reach x.example at port 443; --grant net:x.example:443 would let it");
    await host.close();
    const { host: other, text: said } = await startPlugin(run('(if (i32.or (call $http_status_code) (i64.ne (call $http_headers) (i64.const 0))) (then (unreachable)))'));
    expect(await said()).toBeUndefined();
    await other.close();
  });

  it("may be imported more than once", async () => {
    const plugin = '(import "extism:host/env" "input_length" (func $one (result i64)))\n(import "extism:host/env" "input_length" (func $two (result i64)))';
    const { host, call } = await startPlugin(`${plugin}\n${ANSWER_WORD} ${run("(call $answer (i64.add (call $one) (call $two)))")}`);
    expect(wordOf(await call("abc"))).toBe(6n);
    await host.close();
    await expect(startPlugin(`${plugin.replace("$two (result i64)", "$two (result i32)")}\n${run("")}`)).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("duplicate import name") as unknown });
  });

  it("is named all at once when it was not granted", async () => {
    const plugin = await pluginOf(`${WITH} ${run(`(drop (call $config_get ${NAME})) (drop (call $var_get ${NAME})) (call $log_info ${NAME})`)}`);
    await expect(startPlugin(plugin, { load: { grants: ["subscribe=in"] } })).rejects.toMatchObject({ code: "not-granted", help: expect.stringMatching(/--grant state .*--grant log --grant context/) as unknown });
    await expect(startPlugin(plugin, { manifest: { capabilities: {} } })).rejects.toMatchObject({ code: "invalid-manifest", help: "add to capsule.yaml, under capabilities: context: true, state: true, log: true" });
  });
});

describe("functions of the host's user", () => {
  const HELLO = '(import "extism:host/user" "hello_world" (func $hello (param i64) (result i64)))';
  const CALL = `${HELLO}\n${WITH} ${run("(call $answer (call $hello (call $input_offset)))")}`;

  it("are given the bytes of blocks, and answer with bytes or text", async () => {
    const seen: string[] = [];
    const { host, text, call } = await startPlugin(CALL, { provide: { hello_world: (bytes: Uint8Array) => {
      seen.push(textOf(bytes));
      return seen.length === 1 ? "wow okay then" : Uint8Array.of(7, 8);
    } } });
    expect(await text("one")).toBe("wow okay then");
    expect(await call("two")).toEqual(Uint8Array.of(7, 8));
    expect(seen).toEqual(["one", "two"]);
    await host.close();
  });

  it("take and answer numbers of 32 bits and of fractions as they are", async () => {
    const plugin = '(import "extism:host/user" "add" (func $add (param i32 f64) (result f64)))\n(import "extism:host/user" "tell" (func $tell (param f32)))\n(func (export "run") (call $tell (f32.demote_f64 (call $add (i32.const -2) (f64.const 0.5)))))';
    const told: number[] = [];
    const { host, text } = await startPlugin(plugin, { provide: { add: (a: number, b: number) => a + b, tell: (value: number) => void told.push(value) } });
    expect(await text()).toBeUndefined();
    expect(told).toEqual([-1.5]);
    await host.close();
  });

  it.each(["hello_world", "helloWorld", "HelloWorld2", "say"])("may be called %s", async (name) => {
    const { host, text } = await startPlugin(CALL.replace("hello_world", name), { provide: { [name]: () => name } });
    expect(await text()).toBe(name);
    await host.close();
  });

  it.each([
    ["throws", () => { throw new Error("no luck"); }, "trap: run trapped: hello_world: extism:host/user#hello_world failed: no luck"],
    ["throws an error of WIT", () => { throw new ComponentError("no luck"); }, "trap: run trapped: hello_world: the call answered with an error: no luck"],
    ["answers a number", () => 7, "trap: run trapped: hello_world did not answer bytes or text"],
  ])("that %s ends the message", async (_, hello_world, expected) => {
    const { host, text } = await startPlugin(CALL, { provide: { hello_world } });
    expect(await text()).toBe(expected);
    await host.close();
  });

  it("must be there", async () => {
    await expect(startPlugin(CALL)).rejects.toMatchObject({ code: "missing-import", help: expect.stringContaining('host.provide("extism:host/user"') as unknown });
  });
});

describe("a plugin's own start", () => {
  const COUNTS = '(global $n (mut i64) (i64.const 0)) (func $up (param i64) (global.set $n (i64.add (i64.mul (global.get $n) (i64.const 10)) (local.get 0))))';
  const TELL = `${ANSWER_WORD} ${run("(call $answer (global.get $n))")}`;

  it.each([
    ["a reactor", '(func (export "_initialize") (call $up (i64.const 1)))', 1n],
    ["a reactor by its other name", '(func (export "__wasm_call_ctors") (call $up (i64.const 1)))', 1n],
    ["Haskell", '(func (export "hs_init") (param i32 i32) (call $up (i64.const 2))) (func (export "_initialize") (call $up (i64.const 1)))', 12n],
    ["a command", '(func (export "_start") (call $up (i64.const 3)) (call $proc_exit (i32.const 0)))', 3n],
    ["a reactor that has a command's start, too", '(func (export "_start") (call $up (i64.const 3))) (func (export "_initialize") (call $up (i64.const 1)))', 1n],
  ])("comes before its first message, once: of %s", async (_, start, expected) => {
    const { host, call } = await startPlugin(`${COUNTS} ${start} ${TELL}`);
    expect(wordOf(await call())).toBe(expected);
    expect(wordOf(await call())).toBe(expected);
    await host.close();
  });

  it("is part of the first message: what it keeps is undone with it, and it is started again", async () => {
    const plugin = `${WITH} (func (export "_initialize") (call $var_set ${NAME} ${VALUE})) (func (export "run") (result i32)
      (call $answer (call $var_get ${NAME})) (i32.eq (call $input_load_u8 (i64.const 0)) (i32.const 33)))`;
    const { host, text, capsule } = await startPlugin(plugin);
    expect(capsule.state.size).toBe(0);
    expect(await text("!")).toBe("capsule-fault: failed: run answered 1");
    expect(capsule.state.size).toBe(0);
    expect(await text("?")).toBe("value");
    expect(capsule.state.size).toBe(1);
    await host.close();
  });

  it("fails the message when it exits with another code than 0, spins, or answers before it was asked", async () => {
    const start = (body: string): ReturnType<typeof startPlugin> => startPlugin(`${COUNTS} ${WITH.replaceAll("$answer", "$tell")} (func (export "_start") ${body}) ${TELL}`);
    const exits = await start("(call $proc_exit (i32.const 9))");
    expect(await exits.text()).toBe("capsule-fault: failed: _start exited with 9");
    const spins = await start("(loop $on (br $on))");
    expect(await spins.text()).toMatch(/^fuel-exhausted/);
    const reads = await start("(drop (call $input_load_u8 (i64.const 0)))");
    expect(await reads.text("abc")).toBe("trap: _start trapped: input_load_u8: 1 bytes at 0 are beyond the input, which has 0");
    // What it answers to nobody is no answer.
    const answers = await start(`(call $tell ${NAME})`);
    expect(wordOf(await answers.call())).toBe(0n);
    for (const { host } of [exits, spins, reads, answers]) await host.close();
  });

  it.each([
    ["keeps something", `(call $var_set ${NAME} ${VALUE})`, "var_set"],
    ["asks for a setting", `(drop (call $config_get ${NAME}))`, "config_get"],
    ["asks for the time", "(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 64)))", "clock_time_get"],
    ["asks for random bytes", "(drop (call $random_get (i32.const 64) (i32.const 8)))", "random_get"],
  ])("cannot be its instance's: one that %s then is not loaded", async (_, body, name) => {
    await expect(startPlugin(`${WITH} (func $begin ${body}) (start $begin) ${run("")}`)).rejects.toMatchObject({ code: "trap", message: expect.stringContaining(name) as unknown });
  });

  it("cannot be its instance's when it spins", async () => {
    await expect(startPlugin(`(func $begin (loop $on (br $on))) (start $begin) ${run("")}`)).rejects.toMatchObject({ code: "fuel-exhausted" });
  });
});

describe("which function is called", () => {
  it("is said by the manifest, or where it is loaded", async () => {
    const plugin = await pluginOf(`${ANSWER_WORD} (func (export "a") (call $answer (i64.const 1))) (func (export "b") (call $answer (i64.const 2))) (func (export "not") (param i32))`);
    const { plugin: _, ...manifest } = MANIFEST;
    const answerOf = async (call: string | undefined, said: object): Promise<unknown> => {
      const { host, call: ask, capsule } = await startPlugin(plugin, { load: { manifest: { ...manifest, ...said }, ...(call === undefined ? {} : { call }) } });
      expect(capsule.manifest.plugin?.call).toBe(call ?? "a");
      const answer = await ask();
      await host.close();
      return wordOf(answer);
    };
    expect(await answerOf(undefined, { plugin: { call: "a", output: "out" } })).toBe(1n);
    expect(await answerOf("b", { plugin: { call: "a", output: "out" } })).toBe(2n);
    await expect(answerOf(undefined, {})).rejects.toMatchObject({ code: "invalid-manifest", message: "this is a plugin, and nothing says which of its functions handles messages; it exports a, b" });
    await expect(answerOf("not", {})).rejects.toMatchObject({ code: "missing-export" });
    await expect(answerOf("aa", {})).rejects.toMatchObject({ code: "missing-export", help: "did you mean a?" });
  });

  it("is of no module that is no plugin, unless one is named", async () => {
    const { plugin: _, ...manifest } = MANIFEST;
    const module = await pluginOf('(func (export "run"))');
    await expect(startPlugin(module, { load: { manifest } })).rejects.toMatchObject({ code: "core-module" });
    const { host, call } = await startPlugin(module);
    expect(await call()).toBeUndefined();
    await host.close();
  });

  it("needs no manifest: the digest names it, and what it answers goes to who asks", async () => {
    const { host } = await startPlugin(ECHO, { load: { manifest: undefined as never, call: "run", grants: ["publish=out", "subscribe=asked"] } });
    const heard: string[] = [];
    host.subscribe("out", ({ payload }) => heard.push(textOf(payload)));
    await host.publish("asked", "hello", { replyTo: "out" });
    await host.idle();
    expect(heard).toEqual(["hello"]);
    expect([...host.capsules.values()][0]?.manifest).toMatchObject({ capabilities: { publish: ["out"] }, subscriptions: ["asked"], plugin: { call: "run" } });
    await host.close();
  });
});
