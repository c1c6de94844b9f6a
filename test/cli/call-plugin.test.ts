import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pluginOf } from "../extism/plugin.ts";
import { VOWELS } from "../extism/vowels.ts";
import { command, objects, type Result } from "./command.ts";
import { Folder } from "./fixture.ts";

const folder = new Folder();
let plugin = "";
beforeAll(async () => {
  plugin = folder.write("count vowels.wasm", await pluginOf(VOWELS));
});
afterAll(() => folder.remove());

const call = (...words: string[]): Promise<Result> => command(["run", plugin, "--call", "count_vowels", ...words]);

describe("doteros-wasm run --call", () => {
  it("calls a plugin once and prints what it answers, to the byte, with nothing granted", async () => {
    expect(await call("--input", "hello world")).toEqual({ code: 0, signal: null, stdout: '{"count":3,"total":3}', stderr: "" });
    expect(await call()).toMatchObject({ code: 0, stdout: '{"count":0,"total":0}' });
  });

  it("takes the text that is given, even when it names a file; @ names one, and - is standard input", async () => {
    const file = folder.write("aei.txt", "AEIOU");
    expect((await call("--input", file.replace(/^.*[\\/]/, ""))).stdout).toBe('{"count":3,"total":3}');
    expect((await call("--input", `@${file}`)).stdout).toBe('{"count":5,"total":5}');
    expect((await command(["run", plugin, "--call", "count_vowels", "--input", "-"], "a")).stdout).toBe('{"count":1,"total":1}');
    expect(await call("--input", "@nothing.txt")).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no such file") as unknown });
  });

  it("keeps variables where there is a store", async () => {
    const store = folder.folder("store");
    await call("--input", "a", "--store", store);
    expect((await call("--input", "e", "--store", store)).stdout).toBe('{"count":1,"total":2}');
    expect((await call("--input", "e")).stdout).toBe('{"count":1,"total":1}');
  });

  it("tells machines one line", async () => {
    const { stdout, code } = await call("--input", "aa", "--json");
    expect(code).toBe(0);
    expect(objects(stdout)).toEqual([{ type: "answer", call: "count_vowels", encoding: "text", answer: '{"count":2,"total":2}', fuel: expect.any(Number) as unknown }]);
  });

  it("says what went wrong, with exit code 1", async () => {
    const spins = await command(["run", plugin, "--call", "spin", "--limit", "fuelPerMessage=1M"]);
    expect(spins).toMatchObject({ code: 1, stdout: "" });
    expect(spins.stderr).toContain("it used up the fuel for one message: 1000000 units");
    const missing = await command(["run", plugin, "--call", "count_sheep", "--json"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("it exports count_vowels, spin");
    expect(objects(missing.stdout)).toMatchObject([{ type: "error", code: "missing-export" }]);
  });

  it("is held to a policy", async () => {
    const policy = folder.write("policy.rego", 'package doteros\nallow if input.operation != "state.put"');
    const { code, stderr } = await call("--input", "a", "--policy", policy);
    expect(code).toBe(1);
    expect(stderr).toContain("var_set: denied");
  });

  it("links modules", async () => {
    const main = folder.write("main.wasm", await pluginOf('(import "other" "f" (func $f))\n(func (export "run") (call $f))'));
    const other = folder.write("other.wasm", await pluginOf('(func (export "f") (call $output_set (call $input_offset) (call $input_length)))'));
    expect(await command(["run", main, "--call", "run", "--input", "x", "--link", `other=${other}`])).toMatchObject({ code: 0, stdout: "x" });
  });

  it("lets it ask a server that was granted, and no other", async () => {
    const server = createServer((_, response) => response.end("answered")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asking = folder.write("asking.wasm", await pluginOf(`(func (export "ask") (local $at i64)
      (local.set $at (call $http_request (call $input_offset) (i64.const 0))) (call $output_set (local.get $at) (call $length (local.get $at))))`));
    const ask = (...words: string[]): Promise<Result> => command(["run", asking, "--call", "ask", "--input", `{"url":"http://${address}/"}`, ...words]);
    expect(await ask("--grant", `net:${address}`)).toEqual({ code: 0, signal: null, stdout: "answered", stderr: "" });
    expect(await ask("--grant", "net:example.org:80")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`--grant net:${address} would let it`) as unknown });
    server.close();
  });

  it("refuses options that mean nothing for one call, with exit code 2", async () => {
    expect(await call("--subject", "a")).toMatchObject({ code: 2, stderr: expect.stringContaining("--subject means nothing where one function is called once") as unknown });
    expect(await command(["run", "--call", "x"])).toMatchObject({ code: 2 });
  });
});

it("doteros-wasm inspect shows a plugin, and how to call it", async () => {
  const { code, stdout } = await command(["inspect", plugin]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a plugin of Extism without a manifest$/m);
  expect(stdout).toMatch(/^ {2}state +--grant state$/m);
  expect(stdout).toContain("--call FUNCTION --input TEXT");
  expect(stdout).toMatch(/^ {2}extism:host\/env +alloc, length?.*var_get, var_set/m);
  expect(stdout).toMatch(/^exports\n {2}count_vowels +func\n {2}spin +func$/m);
  expect(objects((await command(["inspect", plugin, "--json"])).stdout)).toMatchObject([{ functions: ["count_vowels", "spin"], requests: [{ grant: "state" }], problems: [] }]);
});

it("doteros-wasm run of a plugin without --call says how to call it", async () => {
  const { code, stderr } = await command(["run", plugin, "--input", "-", "--grant", "state", "--grant", "subscribe=input"]);
  expect(code).toBe(1);
  expect(stderr).toContain("nothing says which of its functions handles messages; it exports count_vowels, spin");
  expect(stderr).toContain("--call count_vowels");
});
