import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import type { LoadOptions } from "../../host/contract/host.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import { ALL_GRANTS, type Running, SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { Tree } from "../platform/folder-tree.ts";
import { refusalOf } from "../refusal.ts";
import { casesModule, foreignComponent, witOf } from "./foreign.ts";
import { answers } from "./replaying.ts";

const code = casesModule(
  `import { getDirectories } from "wasi:filesystem/preopens@0.2.2";
   import { filesystemErrorCode } from "wasi:filesystem/types@0.2.2";
   const folder = (at = 0) => getDirectories()[at][0];
   const READ = { read: true };
   const RW = { read: true, write: true };
   const NEW = { create: true };
   const open = (path, flags = {}, mode = READ, follow = true) => folder().openAt({ symlinkFollow: follow }, path, flags, mode);
   const error = (call) => { try { call(); return "done"; } catch (thrown) { return thrown.payload ?? String(thrown); } };
   const whole = (file) => text(file.read(1000, 0)[0]);
   const names = (directory) => { const list = directory.readDirectory(); const found = []; for (let entry = list.readDirectoryEntry(); entry != null; entry = list.readDirectoryEntry()) found.push(entry.type + " " + entry.name); return found.sort(); };
   const stay = { tag: "no-change" };`,
  `{
    names() { return getDirectories().map(([directory, name]) => [name, names(directory)]); },
    inside() { return whole(open("file")); },
    read() { const file = open("file"); return [whole(file), file.read(3, 2).map((part) => part instanceof Uint8Array ? text(part) : part), file.read(3, 6)[1], file.getType(), file.getFlags(), file.stat().size, file.advise(0, 0, "random") ?? null]; },
    write() { const file = open("new", NEW, RW); file.write(bytes("hello"), 0); file.write(bytes("J"), 0); file.write(bytes("!"), 6); file.setSize(8); file.sync(); file.syncData(); return [whole(file), file.getFlags(), open("new", { truncate: true }, { write: true }).stat().size]; },
    streams() { const file = open("log", NEW, RW); file.appendViaStream().blockingWriteAndFlush(bytes("one ")); file.appendViaStream().blockingWriteAndFlush(bytes("two ")); file.writeViaStream(4).blockingWriteAndFlush(bytes("2")); const input = file.readViaStream(1); return [text(input.blockingRead(4)), input.skip(1), text(input.blockingRead(100)), attempt(() => input.read(1))]; },
    unread() { const file = open("log2", NEW, { write: true }); const input = file.readViaStream(0); const { error } = attempt(() => input.read(1)); return [error.tag, filesystemErrorCode(error.val), error.val.toDebugString(), attempt(() => file.read(1, 0)), attempt(() => open("file").write(bytes("x"), 0)), attempt(() => open("file").writeViaStream(0)), attempt(() => open("file").setSize(0))]; },
    kept() { const file = open("file"); const input = file.readViaStream(0); file[Symbol.dispose]?.(); return text(input.blockingRead(6)); },
    directories() { const root = folder(); root.createDirectoryAt("d"); root.createDirectoryAt("d/e/"); const d = open("d", { directory: true }); const opened = [d.getType(), d.getFlags(), d.stat().type]; d.openAt({}, "f", NEW, { write: true }); const listed = names(d); return [opened, listed, error(() => root.removeDirectoryAt("d")), error(() => root.removeDirectoryAt("d/f")), error(() => root.unlinkFileAt("d/e")), error(() => d.unlinkFileAt("f")), error(() => d.removeDirectoryAt("e/")), error(() => root.removeDirectoryAt("d")), d.sync() ?? null]; },
    names2() { const root = folder(); root.linkAt({}, "file", root, "hard"); root.symlinkAt("a/file", "soft"); root.renameAt("hard", root, "a/hard"); return [root.statAt({}, "a/hard").linkCount, root.readlinkAt("soft"), root.statAt({}, "soft").type, root.statAt({ symlinkFollow: true }, "soft").type, whole(open("soft")), error(() => open("soft", {}, READ, false)), error(() => root.linkAt({ symlinkFollow: true }, "file", root, "z")), error(() => root.linkAt({}, "a", root, "z")), error(() => root.renameAt("a", root, "a/b/c")), error(() => root.readlinkAt("file"))]; },
    same() { const root = folder(); const [one, two] = [open("file"), open("./a/../file")]; const [h1, h2, h3] = [one.metadataHash(), two.metadataHash(), root.metadataHashAt({}, "file")]; return [one.isSameObject(two), one.isSameObject(open("a/file")), root.isSameObject(folder()), JSON.stringify([h1, h1], plain) === JSON.stringify([h2, h3], plain), JSON.stringify(h1, plain) === JSON.stringify(root.metadataHash(), plain)]; },
    times() { const root = folder(); const at = (seconds, nanoseconds = 0) => ({ tag: "timestamp", val: { seconds, nanoseconds } }); const file = open("file", {}, RW); file.setTimes(at(1000), at(2000, 500000000)); const one = file.stat(); root.setTimesAt({}, "a/file", stay, at(3000)); root.setTimesAt({}, "a", at(5), at(6)); folder().setTimes(at(7), at(8)); return [one.dataAccessTimestamp, one.dataModificationTimestamp, root.statAt({}, "a/file").dataModificationTimestamp, root.statAt({}, "a").dataModificationTimestamp, root.stat().dataModificationTimestamp]; },
    now() { const file = open("file", {}, RW); file.setTimes(stay, { tag: "now" }); return file.stat().dataModificationTimestamp; },
    errors() { const root = folder(); const long = "x".repeat(300); return {
      absolute: error(() => open("/file")), out: error(() => open("../file")), outAndBack: error(() => open("../granted/file")), throughFile: error(() => open("file/x")), slash: error(() => open("file/")), none: error(() => open("none")), empty: error(() => open("")), nul: error(() => open("a\\0b")), name: error(() => open(long)), path: error(() => open("a/".repeat(3000))), link: error(() => open("out")), absoluteLink: error(() => open("etc/passwd")), readAbsolute: error(() => root.readlinkAt("etc")), circle: error(() => open("circle")), dangling: error(() => open("dangling")), windows: error(() => open("..\\\\file")), exists: error(() => open("file", { create: true, exclusive: true }, RW)), isDirectory: error(() => open("a", {}, { write: true })), self: error(() => open(".", {}, { write: true })), mustBeDirectory: error(() => open("file", { directory: true })), both: error(() => open("x", { create: true, directory: true })), sync: error(() => open("file", {}, { read: true, fileIntegritySync: true })), makeExisting: error(() => root.createDirectoryAt("a")), makeSelf: error(() => root.createDirectoryAt(".")), removeSelf: error(() => root.removeDirectoryAt(".")), renameSelf: error(() => root.renameAt(".", root, "z")), linkOut: error(() => root.symlinkAt("/etc", "z")), linkNowhere: error(() => root.symlinkAt("", "z")), linkOver: error(() => root.symlinkAt("a", "file")), linkSlash: error(() => root.symlinkAt("a", "z/")), fileAsDirectory: error(() => open("file").openAt({}, "x", {}, READ)), listFile: error(() => open("file").readDirectory()), readDirectory: error(() => root.read(1, 0)), adviseDirectory: error(() => root.advise(0, 0, "normal")), streamDirectory: error(() => root.readViaStream(0)), far: error(() => open("file").read(1, 9300000000000000000)), large: error(() => open("file", {}, RW).setSize(9300000000000000000)), createThroughLink: error(() => open("dangling", NEW, RW)), renameOverDirectory: error(() => root.renameAt("file", root, "a")) }; },
    changes() { const root = folder(); return [error(() => open("file", {}, { write: true })), error(() => open("new", NEW, { write: true })), error(() => open("file", { truncate: true })), error(() => root.createDirectoryAt("d")), error(() => root.removeDirectoryAt("a/b")), error(() => root.unlinkFileAt("file")), error(() => root.renameAt("file", root, "z")), error(() => root.linkAt({}, "file", root, "z")), error(() => root.symlinkAt("file", "z")), error(() => root.setTimesAt({}, "file", { tag: "now" }, { tag: "now" })), error(() => root.setTimes({ tag: "now" }, { tag: "now" })), error(() => open("a").createDirectoryAt("d"))]; },
    across() { const [[one], [two]] = getDirectories(); return [error(() => one.renameAt("file", two, "moved")), error(() => two.renameAt("file", one, "moved")), error(() => one.linkAt({}, "file", two, "z"))]; },
    moved() { const root = folder(); root.createDirectoryAt("m"); root.createDirectoryAt("m/b"); const b = root.openAt({}, "m/b", { directory: true }, READ); root.renameAt("m", root, "n"); root.symlinkAt("../beside", "m"); return [error(() => b.openAt({}, "file", {}, READ)), error(() => open("m/b/file")), error(() => b.readDirectory())]; },
    many() { const held = []; const root = folder(); const reason = error(() => { for (let at = 0; at < 1000; at += 1) held.push(root.openAt({}, "file", {}, READ)); }); const count = held.length; for (const file of held) file[Symbol.dispose](); return [reason, count, whole(open("file"))]; },
    refused() { return [error(() => open("soft")), error(() => open("a/../a/./file")), error(() => folder().statAt({}, "a/b")), error(() => open("a").openAt({}, "b", {}, READ)), error(() => open("new", NEW, RW)), error(() => open("file"))]; },
    leave() { for (let at = 0; at < 100; at += 1) globalThis["kept" + at] = open("file"); publish({}); },
  }`,
);

const IMPORTS = ["wasi:filesystem/preopens@0.2.2", "wasi:filesystem/types@0.2.2", "doteros:capsule/messaging@0.1.0"];
let component: Uint8Array;
beforeAll(async () => {
  component = await foreignComponent({ packages: [witOf("io"), witOf("wasi")], imports: IMPORTS, code });
}, 60_000);

let tree: Tree;
afterEach(() => tree.end());

async function running(mode: "ro" | "rw", load: LoadOptions = {}, more: Partial<Manifest> = {}, policy?: string): Promise<Running & { readonly ask: (name: string) => Promise<unknown> }> {
  tree = new Tree();
  const manifest = { ...more, capabilities: { ...SCRIPT_MANIFEST.capabilities, files: [`/:${mode}`], ...more.capabilities } };
  const made = await start(component, manifest, { load: { grants: [...ALL_GRANTS, `fs:${tree.root}::/:${mode}`], ...load }, ...(policy === undefined ? {} : { policy: { modules: { "policy.rego": policy } } }) });
  const ask = async (name: string): Promise<unknown> => {
    await made.send(name);
    return answers(made.heard).at(-1) ?? made.heard.at(-1)?.headers;
  };
  return { ...made, ask };
}

it("reads and writes files, and streams of them", async () => {
  const { ask, host } = await running("rw");
  const flags = { read: true, write: false, fileIntegritySync: false, dataIntegritySync: false, requestedWriteSync: false, mutateDirectory: false };
  expect(await ask("read")).toEqual(["inside", ["sid", false], true, "regular-file", flags, 6, null]);
  expect(await ask("write")).toEqual(["Jello\0!\0", { ...flags, write: true }, 0]);
  expect(await ask("streams")).toEqual(["ne 2", 1, "o ", { error: { tag: "closed" } }]);
  expect(await ask("unread")).toEqual(["last-operation-failed", "bad-descriptor", "the file cannot be used: bad-descriptor", ...Array.from({ length: 4 }, () => ({ error: "bad-descriptor" }))]);
  expect(readFileSync(join(tree.root, "log"), "utf8")).toBe("one 2wo ");
  await host.close();
});

it("makes, lists, links and removes", async () => {
  const { ask, host } = await running("rw");
  expect(await ask("directories")).toMatchObject([
    ["directory", { read: true, mutateDirectory: true }, "directory"],
    ["directory e", "regular-file f"],
    "not-empty", "not-directory", "is-directory", "done", "done", "done", null,
  ]);
  expect(await ask("names2")).toEqual([2, "a/file", "symbolic-link", "regular-file", "inside", "loop", "invalid", "not-permitted", "invalid", "invalid"]);
  expect(await ask("same")).toEqual([true, false, true, true, false]);
  await host.close();
});

it("has times, which are those of the transition where they are now", async () => {
  const { ask, host, capsule } = await running("rw");
  expect(await ask("times")).toEqual([
    { seconds: 1000, nanoseconds: 0 },
    { seconds: 2000, nanoseconds: 500_000_000 },
    { seconds: 3000, nanoseconds: 0 },
    { seconds: 6, nanoseconds: 0 },
    { seconds: 8, nanoseconds: 0 },
  ]);
  utimesSync(join(tree.root, "file"), 1, 1);
  expect(await ask("now")).toMatchObject({ seconds: expect.toSatisfy((seconds: number) => Math.abs(seconds - Date.now() / 1000) < 60) as number });
  expect(capsule.counters.faults).toBe(0);
  await host.close();
});

it("refuses what leads out, and what cannot be, with the code for it", async () => {
  const { ask, host } = await running("rw");
  symlinkSync("../beside/file", join(tree.root, "out"));
  symlinkSync("/etc", join(tree.root, "etc"));
  symlinkSync("circle", join(tree.root, "circle"));
  symlinkSync("a/nowhere", join(tree.root, "dangling"));
  const before = tree.outside();
  expect(await ask("errors")).toEqual({
    absolute: "not-permitted", out: "not-permitted", outAndBack: "not-permitted", throughFile: "not-directory", slash: "not-directory", none: "no-entry", empty: "no-entry", nul: "invalid", name: "name-too-long", path: "name-too-long", link: "not-permitted", absoluteLink: "not-permitted", readAbsolute: "not-permitted", circle: "loop", dangling: "no-entry", windows: "no-entry",
    exists: "exist", isDirectory: "is-directory", self: "is-directory", mustBeDirectory: "not-directory", both: "invalid", sync: "unsupported", makeExisting: "exist", makeSelf: "exist", removeSelf: "invalid", renameSelf: "busy", linkOut: "not-permitted", linkNowhere: "no-entry", linkOver: "exist", linkSlash: "no-entry", fileAsDirectory: "not-directory", listFile: "not-directory", readDirectory: "bad-descriptor", adviseDirectory: "bad-descriptor", streamDirectory: "is-directory",
    far: "invalid", large: "invalid", createThroughLink: "done", renameOverDirectory: "is-directory",
  });
  expect(existsSync(join(tree.root, "a", "nowhere"))).toBe(true);
  expect(tree.outside()).toBe(before);
  await host.close();
});

it("does not follow a directory that was moved out of its place to where its name leads now", async () => {
  const { ask, host } = await running("rw");
  expect(await ask("moved")).toEqual(process.platform === "linux" ? ["no-entry", "not-permitted", "done"] : ["no-entry", "not-permitted", "no-entry"]);
  await host.close();
});

it("changes nothing in a folder that is granted to be read", async () => {
  const { ask, host } = await running("ro");
  expect(await ask("inside")).toBe("inside");
  expect(await ask("changes")).toEqual(Array.from({ length: 12 }, () => "read-only"));
  expect(readFileSync(join(tree.root, "file"), "utf8")).toBe("inside");
  await host.close();
});

it("has only the folders it asks for, under the names it has for them, with what it asks to do", async () => {
  tree = new Tree();
  const manifest = { capabilities: { ...SCRIPT_MANIFEST.capabilities, files: ["/data:ro", "out:rw"] } };
  const grants = [...ALL_GRANTS, `fs:${join(tree.root, "a")}::/data:rw`, `fs:${join(tree.root)}::out:rw`, `fs:${tree.top}::/top:rw`];
  const { send, heard, host } = await start(component, manifest, { load: { grants } });
  await send("names");
  await send("across");
  expect(answers(heard)).toEqual([
    [["/data", ["directory b", "regular-file file"]], ["out", ["directory a", "regular-file file"]]],
    ["read-only", "read-only", "read-only"],
  ]);
  await host.close();
});

it("opens so many files at a time, and none stays open when its instance is gone", async () => {
  const { ask, host, capsule } = await running("rw", {}, { retry: { attempts: 1 } });
  const [reason, count, text] = (await ask("many")) as [string, number, string];
  expect([reason, text]).toEqual(["quota", "inside"]);
  expect(count).toBeGreaterThan(200);
  for (let at = 0; at < 5; at += 1) await ask("leave");
  expect(capsule.counters.traps).toBe(5);
  expect(await ask("inside")).toBe("inside");
  await host.close();
});

it("asks the policy for each path, as the capsule has it, without links and dots", async () => {
  const policy = `package doteros
    default allow := true
    deny contains "not this" if { startswith(input.operation, "fs."); startswith(input.resource.path, "/a/") }
    deny contains "not written" if { input.operation == "fs.write"; input.resource.path == "/new" }`;
  const { ask, host, capsule } = await running("rw", {}, {}, policy);
  symlinkSync("a/file", join(tree.root, "soft"));
  expect(await ask("refused")).toEqual(["access", "access", "access", "access", "access", "done"]);
  expect(await ask("inside")).toBe("inside");
  expect(capsule.counters.denied).toBe(5);
  await host.close();
});

it("is refused where there are no folders to be had, by name", async () => {
  tree = new Tree();
  const { createHost } = await import("../../host/index.ts");
  const host = await createHost();
  const error = await refusalOf(host.load(component, { grants: [...ALL_GRANTS, `fs:${tree.root}::/:ro`, "clock"] }));
  expect(error).toMatchObject({ code: "unsupported", message: expect.stringContaining("asks for fs:/:ro, clock, and there is nothing of that in") as string });
  await host.close();
});

it("says which folder there is not", async () => {
  tree = new Tree();
  const { createHost } = await import("../../host/node.ts");
  const host = await createHost();
  const grants = [...ALL_GRANTS, `fs:${join(tree.root, "none")}::/:ro`];
  expect(await refusalOf(host.load(component, { grants }))).toMatchObject({ code: "unreadable-input", where: join(tree.root, "none") });
  mkdirSync(join(tree.root, "none"));
  await host.load(component, { grants });
  await host.close();
});

