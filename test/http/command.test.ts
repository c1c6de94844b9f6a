import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../cli/command.ts";
import { foreignText, witOf } from "../dialect/foreign.ts";
import { Folder } from "../cli/fixture.ts";
import { httpComponent } from "./app.ts";
import { Client } from "./client.ts";
import { serve } from "./served.ts";

const folder = new Folder();
let component: string;
beforeAll(async () => {
  component = folder.write("app.wasm", await httpComponent());
}, 60_000);
afterAll(() => folder.remove());

const textAt = async (url: string): Promise<string> => (await fetch(url)).text();

describe("doteros-wasm serve", () => {
  it("keeps the state in a store, which the next one goes on with, and whose ledger is replayed", async () => {
    const store = join(folder.path, "store");
    const first = await serve(component, ["--store", store]);
    expect([await textAt(`${first.url}count`), await textAt(`${first.url}count`)]).toEqual(["count 1", "count 2"]);
    expect((await fetch(`${first.url}trap`)).status).toBe(500);
    first.child.kill("SIGTERM");
    expect(await first.ended).toEqual([0, null]);
    const second = await serve(component, ["--store", store]);
    expect(await textAt(`${second.url}count`)).toBe("count 3");
    second.child.kill("SIGINT");
    expect(await second.ended).toEqual([0, null]);
    expect(second.lines.map(({ type }) => type)).toEqual(["listening", "request", "draining"]);
    const replayed = await command(["ledger", "replay", "--store", store, "--json"]);
    expect(replayed.code).toBe(0);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ transitions: 3, failures: 1 });
  }, 60_000);

  it("tells of each request, and of a failure why", async () => {
    const { child, url, lines, ended } = await serve(component, []);
    await textAt(`${url}times?a=%1b`);
    await textAt(`${url}spin`);
    child.kill("SIGTERM");
    await ended;
    const requests = lines.filter(({ type }) => type === "request");
    expect(requests).toMatchObject([
      { method: "GET", path: "/times?a=%1b", status: 200, bytes: 1, client: "127.0.0.1" },
      { path: "/spin", status: 504, failure: { code: "fuel-exhausted" } },
    ]);
  });

  it("asks a policy, and writes down what it decides", async () => {
    const policy = folder.write("policy.rego", 'package doteros\nallow := true\ndeny contains "nothing is kept" if input.operation == "state.put"\n');
    const decisions = join(folder.path, "decisions.ndjson");
    const { child, url, ended } = await serve(component, ["--policy", policy, "--decisions", decisions]);
    expect((await fetch(`${url}count`)).status).toBe(500);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    const denied = readFileSync(decisions, "utf8").trim().split("\n").filter((line) => line.includes('"nothing is kept"'));
    expect(denied.map((line) => (JSON.parse(line) as { input: object }).input)).toMatchObject([{ operation: "state.put" }]);
  });

  it("serves what has a main function beside, which run says", async () => {
    const wat = `(module
      (func (export "wasi:http/incoming-handler@0.2.3#handle") (param i32 i32))
      (func (export "wasi:cli/run@0.2.2#run") (result i32) (i32.const 1))
      (memory (export "memory") 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))`;
    const exports = ["wasi:http/incoming-handler@0.2.3", "wasi:cli/run@0.2.2"];
    const both = folder.write("both.wasm", await foreignText(wat, { packages: [witOf("io"), witOf("http"), witOf("wasi")], imports: [], exports }));
    const { child, url, lines, ended } = await serve(both, []);
    expect((await fetch(url)).status).toBe(500);
    child.kill("SIGTERM");
    await ended;
    expect(lines.find(({ type }) => type === "request")).toMatchObject({ failure: { code: "trap" } });
    expect(await command(["run", both])).toMatchObject({ code: 2, stderr: expect.stringContaining(`doteros-wasm serve ${both}`) as unknown });
  });

  it("lets those that there are have their answers, and ends at once when it is told again", async () => {
    const patient = await serve(component, []);
    const client = await Client.connect(Number(new URL(patient.url).port));
    client.send(["POST /body HTTP/1.1", "host: a", "content-length: 5"], "he");
    await wait(100);
    patient.child.kill("SIGTERM");
    for (let tries = 0; tries < 300 && patient.lines.at(-1)?.["type"] !== "draining"; tries += 1) await wait(10);
    client.write("llo");
    await client.until("hello");
    expect(await patient.ended).toEqual([0, null]);
    const hasty = await serve(component, []);
    const other = await Client.connect(Number(new URL(hasty.url).port));
    other.send(["POST /body HTTP/1.1", "host: a", "content-length: 5"], "he");
    await wait(100);
    hasty.child.kill("SIGTERM");
    for (let tries = 0; tries < 300 && hasty.lines.at(-1)?.["type"] !== "draining"; tries += 1) await wait(10);
    hasty.child.kill("SIGTERM");
    expect(await hasty.ended).toEqual([null, "SIGTERM"]);
    other.end();
  });

  it("says what cannot be served, and where not", async () => {
    const { child, url, ended } = await serve(component, []);
    const { port } = new URL(url);
    const taken = await command(["serve", component, "--port", port, "--grant", "state"]);
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining(`cannot listen on port ${port} of 127.0.0.1: another program listens there`) as string });
    child.kill("SIGTERM");
    await ended;
    expect(await command(["serve", component, "--port", "0"])).toMatchObject({ code: 1, stderr: expect.stringContaining("--grant state") as string });
    const other = join(".build", "capsules", "counter", "counter.wasm");
    const refused = await command(["serve", other, "--port", "0", "--grant", "state", "--grant", "publish=>", "--grant", "subscribe=>"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("does not answer requests of HTTP") as string });
    for (const words of [[], ["a.wasm", "b.wasm"], ["a.wasm", "--port", "65536"], ["a.wasm", "--requests", "0"], ["a.wasm", "--key", "k"], ["a.wasm", "--data", "d"]]) {
      expect((await command(["serve", ...words])).code).toBe(2);
    }
  }, 60_000);
});
