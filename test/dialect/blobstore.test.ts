import { beforeAll, expect, it } from "vitest";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { start } from "../fixture/running.ts";
import { refusalOf } from "../refusal.ts";
import { casesModule, foreignComponent, witOf } from "./foreign.ts";
import { answers, sameAgain } from "./replaying.ts";

const code = casesModule(
  `import * as blobs from "wasi:blobstore/blobstore@0.2.0-draft";
   import { OutgoingValue, IncomingValue } from "wasi:blobstore/types@0.2.0-draft";
   import { poll } from "wasi:io/poll@0.2.2";
   const make = (name) => blobs.createContainer(name);
   const put = (container, name, content) => { const value = OutgoingValue.newOutgoingValue(); const body = value.outgoingValueWriteBody(); body.blockingWriteAndFlush(bytes(content)); container.writeData(name, value); OutgoingValue.finish(value); };
   const get = (container, name, from = 0, to = 1000) => text(IncomingValue.incomingValueConsumeSync(container.getData(name, from, to)));`,
  `{
    write() { const c = make("c"); put(c, "a", "hello"); return [c.name(), get(c, "a"), get(c, "a", 1, 3), get(c, "a", 4, 4), get(c, "a", 9, 12), c.hasObject("a"), c.hasObject("z"), c.getData("a", 0, 2).size()]; },
    handedOverFirst() { const c = make("first"); const value = OutgoingValue.newOutgoingValue(); const body = value.outgoingValueWriteBody(); c.writeData("a", value); const empty = get(c, "a"); body.write(bytes("later")); body.flush(); OutgoingValue.finish(value); return [empty, get(c, "a"), attempt(() => value.outgoingValueWriteBody())]; },
    twice() { const value = OutgoingValue.newOutgoingValue(); value.outgoingValueWriteBody(); return "error" in attempt(() => value.outgoingValueWriteBody()); },
    streams() { const c = make("s"); put(c, "a", "hello"); const value = OutgoingValue.newOutgoingValue(); const body = value.outgoingValueWriteBody(); const input = IncomingValue.incomingValueConsumeAsync(c.getData("a", 0, 99));
      const parts = [text(input.read(2)), input.skip(1), body.blockingSplice(input, 1), text(input.blockingRead(9))]; const end = attempt(() => input.read(1)); body.writeZeroes(2); const ready = [input.subscribe().ready(), poll([body.subscribe(), input.subscribe()])];
      c.writeData("b", value); OutgoingValue.finish(value); return [parts, end, ready, body.checkWrite(), get(c, "b")]; },
    tooLong() { const c = make("t"); const value = OutgoingValue.newOutgoingValue(); const body = value.outgoingValueWriteBody(); body.writeZeroes(1_048_576); const { error } = attempt(() => body.write(bytes("x"))); return [error.tag, error.val.toDebugString()]; },
    list() { const c = make("l"); for (const name of ["b", "a", "c"]) put(c, name, ""); const names = c.listObjects(); const one = names.readStreamObjectNames(1); const skipped = names.skipStreamObjectNames(1); const rest = names.readStreamObjectNames(9); c.deleteObjects(["a", "z"]); c.deleteObject("z"); const left = c.listObjects().readStreamObjectNames(9); c.clear(); return [one, skipped, rest, left, c.listObjects().readStreamObjectNames(9)]; },
    copies() { const c = make("from"); make("to"); put(c, "a", "hello"); blobs.copyObject({ container: "from", object: "a" }, { container: "to", object: "b" }); blobs.moveObject({ container: "from", object: "a" }, { container: "to", object: "c" }); const to = blobs.getContainer("to"); return [get(to, "b"), get(to, "c"), c.hasObject("a")]; },
    containers() { make("x"); put(blobs.getContainer("x"), "a", "1"); const before = blobs.containerExists("x"); const again = attempt(() => make("x")); const held = blobs.getContainer("x"); blobs.deleteContainer("x"); return [before, again, blobs.containerExists("x"), attempt(() => blobs.getContainer("x")), attempt(() => blobs.deleteContainer("x")), attempt(() => make("")), attempt(() => put(held, "a", "")), attempt(() => get(held, "a"))]; },
    info() { const c = make("i"); put(c, "a", "hello"); const { createdAt, ...object } = c.objectInfo("a"); const info = c.info(); return [object, createdAt === info.createdAt, createdAt > 1_500_000_000, createdAt < 10_000_000_000, info.name]; },
    secret() { const c = make("secret"); return [attempt(() => put(c, "a", "x")), attempt(() => c.hasObject("a")), attempt(() => c.listObjects())]; },
    fail() { put(make("f"), "a", "lost"); throw { tag: "failed", val: "no" }; },
    trap() { put(make("f"), "a", "lost"); publish({}); },
  }`,
);

let component: Uint8Array;
beforeAll(async () => {
  const imports = ["wasi:blobstore/blobstore@0.2.0-draft", "wasi:io/poll@0.2.2", "doteros:capsule/messaging@0.1.0"];
  component = await foreignComponent({ packages: [witOf("io"), witOf("blobstore")], imports, code });
}, 60_000);

it("keeps objects in containers", async () => {
  const { send, heard, host, capsule } = await start(component);
  for (const name of ["write", "handedOverFirst", "twice"]) await send(name);
  expect(answers(heard)).toEqual([
    ["c", "hello", "ell", "o", "", true, false, 3],
    ["", "later", { error: expect.anything() as unknown }],
    true,
  ]);
  expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["\0\0bc\0a", "\0\0bfirst\0a", "\0\0c\0c", "\0\0c\0first"]);
  await host.close();
});

it("reads and writes objects as streams", async () => {
  const { send, heard, host } = await start(component);
  await send("streams");
  await send("tooLong");
  expect(answers(heard)).toEqual([
    [["he", 1, 1, "o"], { error: { tag: "closed" } }, [true, [0, 1]], 65_536, "l\0\0"],
    ["last-operation-failed", "a value has 1048576 bytes at most"],
  ]);
  await host.close();
});

it("lists, copies, moves and deletes objects and containers", async () => {
  const { send, heard, host, capsule } = await start(component);
  for (const name of ["list", "copies", "containers"]) await send(name);
  expect(answers(heard)).toEqual([
    [[["a"], false], [1, false], [["c"], true], [["b", "c"], true], [[], true]],
    ["hello", "hello", false],
    [
      true,
      { error: "there is a container named x already" },
      false,
      { error: "there is no container named x" },
      { error: "there is no container named x" },
      { error: expect.stringContaining("1 to 64 bytes") as string },
      { error: "invalid: there is no container named x" },
      { error: "there is no object named a in x" },
    ],
  ]);
  expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["\0\0bto\0b", "\0\0bto\0c", "\0\0c\0from", "\0\0c\0l", "\0\0c\0to"]);
  await host.close();
});

it("says when something was made", async () => {
  const { send, heard, host } = await start(component);
  await send("info");
  expect(answers(heard)).toEqual([[{ name: "a", container: "i", size: 5 }, true, true, true, "i"]]);
  await host.close();
});

it("undoes what a message wrote that failed or trapped, and replays it", async () => {
  const store = new MemoryStore();
  const { send, host, capsule } = await start(component, { retry: { attempts: 1 } }, { store });
  for (const name of ["fail", "trap"]) await send(name);
  expect(capsule.state.size).toBe(0);
  for (const name of ["write", "streams", "list", "copies", "containers", "info"]) await send(name);
  await host.close();
  expect(await sameAgain(store)).toEqual({ transitions: 6, failures: 2 });
});

it("is refused by name without the grants for state, and for the context that times belong to", async () => {
  await using host = await createHost();
  const error = await refusalOf(host.load(component, { grants: ["publish=>", "request=>"] }));
  expect(error).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant state --grant context" });
});

it("asks the policy about each object, as blobstore/CONTAINER/OBJECT", async () => {
  const rego = `package doteros
    allow if not about_secrets
    about_secrets if startswith(input.resource.key, "blobstore/secret/")
    about_secrets if startswith(input.resource.start, "blobstore/secret/")`;
  const { send, heard, host } = await start(component, {}, { policy: { modules: { "policy.rego": rego } } });
  await send("secret");
  const denied = { error: expect.stringContaining("denied: ") as string };
  expect(answers(heard)).toEqual([[denied, denied, denied]]);
  await host.close();
});
