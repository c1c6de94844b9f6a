import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDotstore } from "../../host/platform/dotstore/open.ts";
import { batchFor, bytes, recordOf } from "./batch.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dotstore-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a store in a folder", () => {
  it("has what was committed when it is opened again", async () => {
    const path = join(folder, "new", "store");
    const first = await openDotstore(path);
    const { tip } = batchFor(first, { entries: [bytes("one")] });
    const changes = [{ capsule: "a", version: 1, writes: new Map([["k", bytes("v")]]) }];
    const record = recordOf("a", { version: 1, size: 1, bytes: 2, time: 5n });
    await first.commit(batchFor(first, { entries: [bytes("one")], changes, capsules: [record] }));
    await first.close();
    const second = await openDotstore(path);
    expect([second.tip, second.capsule("a"), new TextDecoder().decode(second.state("a").get("k"))]).toEqual([tip, record, "v"]);
    await second.close();
  });

  it("is open once in a process", async () => {
    const store = await openDotstore(folder);
    await expect(openDotstore(folder)).rejects.toMatchObject({ code: "store-in-use", message: expect.stringContaining(`process ${process.pid}`) as string });
    await store.close();
    await (await openDotstore(folder)).close();
  });

  it("is refused while another process has it, by that one's number, and is free when that one was killed", async () => {
    const door = new URL("../../dist/node.js", import.meta.url).href;
    const script = `const { openDotstore } = await import(${JSON.stringify(door)}); await openDotstore(${JSON.stringify(folder)}); console.log("open"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    await expect(openDotstore(folder)).rejects.toMatchObject({
      code: "store-in-use",
      message: expect.stringContaining(`process ${child.pid}`) as string,
      help: expect.stringContaining(`kill ${child.pid}`) as string,
    });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await openDotstore(folder)).close();
  });

  it("takes the lock of a process whose number belongs to another by now", async () => {
    writeFileSync(join(folder, "lock.json"), JSON.stringify({ pid: process.ppid, began: "0" }));
    await (await openDotstore(folder)).close();
    writeFileSync(join(folder, "lock.json"), "{");
    await (await openDotstore(folder)).close();
    expect(readdirSync(folder).filter((name) => name.startsWith("lock.") && name !== "lock.mdb")).toEqual([]);
  });

  it("of a newer format is refused, and is not changed", async () => {
    await (await openDotstore(folder)).close();
    const root = open({ path: folder, maxDbs: 16 });
    await root.openDB<unknown, string>({ name: "meta", encoding: "json" }).put("format", { name: "dotstore", version: 1_000 });
    await root.close();
    const before = readFileSync(join(folder, "data.mdb"));
    await expect(openDotstore(folder)).rejects.toMatchObject({ code: "store-version", message: expect.stringContaining("dotstore 3") as string });
    expect(readFileSync(join(folder, "data.mdb")).equals(before)).toBe(true);
  });

  it("whose file was cut short or overwritten is refused, and is not changed", async () => {
    const whole = join(folder, "whole");
    const store = await openDotstore(whole);
    for (let at = 0; at < 20; at += 1) await store.commit(batchFor(store, { entries: [new Uint8Array(50_000).fill(at)] }));
    await store.close();
    const { size } = statSync(join(whole, "data.mdb"));
    for (const length of [1, 100, 4_096, 8_192, size / 2, size - 4_096]) {
      const cut = join(folder, `cut-${length}`);
      cpSync(whole, cut, { recursive: true });
      truncateSync(join(cut, "data.mdb"), length);
      await expect(openDotstore(cut)).rejects.toMatchObject({ code: "store-damaged" });
      expect(statSync(join(cut, "data.mdb")).size).toBe(length);
    }
    const overwritten = join(folder, "overwritten");
    cpSync(whole, overwritten, { recursive: true });
    writeFileSync(join(overwritten, "data.mdb"), "this is no database".repeat(1_000));
    await expect(openDotstore(overwritten)).rejects.toMatchObject({ code: "store-damaged" });
    const again = await openDotstore(whole);
    expect(again.tip.entries).toBe(20);
    await again.close();
  });

  it("that cannot be made says where and why", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(openDotstore(join(folder, "file", "store"))).rejects.toMatchObject({ code: "store-failed", message: expect.stringContaining("ENOTDIR") as string });
    await expect(openDotstore(folder, { versions: -1 })).rejects.toThrow(RangeError);
  });

  it("keeps as many versions as it is told to", async () => {
    const store = await openDotstore(folder, { versions: 2 });
    for (let version = 1; version <= 6; version += 1) {
      const writes = new Map([["k", version === 4 ? undefined : bytes(String(version))], ...(version === 1 ? [["rare", bytes("r")] as const] : [])]);
      await store.commit(batchFor(store, { entries: [bytes("x")], changes: [{ capsule: "a", version, writes }], capsules: [recordOf("a", { version })] }));
    }
    const at = (key: string, version: number): string | undefined => {
      const value = store.stateAt("a", key, version);
      return value === undefined ? undefined : new TextDecoder().decode(value);
    };
    expect([at("k", 4), at("k", 5), at("k", 6), at("rare", 4), at("rare", 6)]).toEqual([undefined, "5", "6", "r", "r"]);
    expect(() => store.stateAt("a", "k", 3)).toThrow(expect.objectContaining({ code: "not-kept" }));
    expect(() => store.stateAt("a", "k", 7)).toThrow(expect.objectContaining({ code: "not-kept" }));
    await store.close();
    const root = open({ path: folder, maxDbs: 16 });
    // Of each key what it had at version 4, and what came after.
    expect([...root.openDB({ name: "versions", encoding: "binary" }).getKeys()]).toEqual([["a", "k", 4], ["a", "k", 5], ["a", "k", 6], ["a", "rare", 1]]);
    await root.close();
  });

  it("leaves nothing of a commit that fails", async () => {
    const store = await openDotstore(folder);
    await store.commit(batchFor(store, { entries: [bytes("one")] }));
    const long = "k".repeat(3_000);
    const bad = batchFor(store, { entries: [bytes("two")], changes: [{ capsule: "a", version: 1, writes: new Map([["k", bytes("v")], [long, bytes("v")]]) }] });
    await expect((async () => store.commit(bad))()).rejects.toThrow(/key/i);
    expect([store.tip.entries, [...store.entries(0)].length, store.state("a").get("k")]).toEqual([1, 1, undefined]);
    await store.commit(batchFor(store, { entries: [bytes("two")] }));
    expect([...store.entries(0)]).toHaveLength(2);
    await store.close();
  });
});
