import { beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../host/contract/message.ts";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { start, textOf } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { refusalOf } from "../refusal.ts";
import { foreignComponent, witOf } from "./foreign.ts";
import { sameAgain } from "./replaying.ts";

const TEXT = `
const bytes = (text) => new Uint8Array(Array.from(text, (character) => character.charCodeAt(0)));
const text = (data) => Array.from(data, (byte) => String.fromCharCode(byte)).join("");
const attempt = (call) => { try { call(); return "nothing"; } catch (error) { return JSON.stringify(error.payload ?? error); } };`;

// Both do the same with the words of a message: "to SUBJECT TEXT", "answer TEXT", "ask", "tell", "fail", "spin".
const WASMCLOUD = `
import { publish, request } from "wasmcloud:messaging/consumer@0.2.0";
import { open } from "wasi:keyvalue/store@0.2.0-draft";
${TEXT}
const send = (subject, body) => publish({ subject, body: bytes(body), replyTo: undefined });
export const handler = {
  handleMessage({ subject, body, replyTo }) {
    const [word, ...rest] = text(body).split(" ");
    switch (word) {
      case "to": return send(rest[0], rest[1]);
      case "with": return publish({ subject: rest[0], body: bytes("x"), replyTo: "back.here" });
      case "answer": return send(replyTo, rest[0]);
      case "ask": return send("out", attempt(() => request("svc", bytes("x"), 100)));
      case "try": return send("out", attempt(() => send(rest[0], "x")));
      case "tell": return send("out", JSON.stringify([subject, replyTo ?? null]));
      case "fail": open("b").set("k", bytes("v")); send("out", "lost"); throw "it went wrong";
      case "spin": open("b").set("k", bytes("v")); send("out", "lost"); for (;;);
    }
  },
};`;

const WASI = `
import { Client, Message } from "wasi:messaging/types@0.2.0-draft";
import { send as sendMessage } from "wasi:messaging/producer@0.2.0-draft";
import { request, reply, RequestOptions } from "wasi:messaging/request-reply@0.2.0-draft";
import { open } from "wasi:keyvalue/store@0.2.0-draft";
${TEXT}
const client = () => Client.connect("any");
const send = (subject, body) => sendMessage(client(), subject, new Message(bytes(body)));
export const incomingHandler = {
  handle(message) {
    const [word, ...rest] = text(message.data()).split(" ");
    switch (word) {
      case "to": return send(rest[0], rest[1]);
      case "with": {
        const made = new Message(bytes("first"));
        made.setData(bytes("x"));
        made.setContentType("text/plain");
        made.setMetadata([["a", "1"], ["b", "2"]]);
        made.addMetadata("a", "3");
        made.addMetadata("c", "4");
        made.removeMetadata("b");
        const connection = client();
        sendMessage(connection, rest[0], made);
        return connection.disconnect();
      }
      case "answer": return reply(message, new Message(bytes(rest[0])));
      case "ask": {
        const options = new RequestOptions();
        options.setTimeoutMs(5);
        options.setExpectedReplies(1);
        return send("out", attempt(() => request(client(), "svc", new Message(bytes("x")), options)));
      }
      case "try": return send("out", attempt(() => send(rest[0], "x")));
      case "unasked": return send("out", attempt(() => reply(message, new Message(bytes("x")))));
      case "tell": return send("out", JSON.stringify([message.topic(), message.contentType() ?? null, message.metadata() ?? null]));
      case "fail": open("b").set("k", bytes("v")); send("out", "lost"); throw { tag: "other", val: "it went wrong" };
      case "timeout": throw { tag: "timeout" };
      case "refuse": throw { tag: "permission-denied", val: "not you" };
      case "spin": open("b").set("k", bytes("v")); send("out", "lost"); for (;;);
    }
  },
};`;

let wasmcloud: Uint8Array;
let wasi: Uint8Array;
beforeAll(async () => {
  const store = "wasi:keyvalue/store@0.2.0-draft";
  wasmcloud = await foreignComponent({
    packages: [witOf("wasmcloud"), witOf("keyvalue")],
    imports: ["wasmcloud:messaging/consumer@0.2.0", store],
    exports: "wasmcloud:messaging/handler@0.2.0",
    code: WASMCLOUD,
  });
  wasi = await foreignComponent({
    packages: [witOf("messaging"), witOf("keyvalue")],
    imports: ["wasi:messaging/producer@0.2.0-draft", "wasi:messaging/request-reply@0.2.0-draft", store],
    exports: "wasi:messaging/incoming-handler@0.2.0-draft",
    code: WASI,
  });
}, 120_000);

const wordsOf = (heard: readonly Message[]): string[] => heard.map(({ subject, payload }) => `${subject} ${textOf(payload)}`);

describe.each([
  ["wasmcloud:messaging@0.2.0", () => wasmcloud, '"nothing waits for an answer while it handles a message: publish with a reply-to, and the answer comes as a message"', '"invalid: the subject \\"a..b\\" has an empty token: one dot stands between two tokens"'],
  ["wasi:messaging@0.2.0-draft", () => wasi, '{"tag":"other","val":"nothing waits for an answer while it handles a message"}', '{"tag":"other","val":"invalid: the subject \\"a..b\\" has an empty token: one dot stands between two tokens"}'],
])("%s", (_, component, asked, invalid) => {
  it("handles our messages, and sends others", async () => {
    const { send, heard, host } = await start(component());
    await send("to out.a hello");
    await host.publish("do", "answer yes", { replyTo: "back.to.me" });
    await send("ask");
    await send("try a..b");
    expect(wordsOf(heard)).toEqual(["out.a hello", "back.to.me yes", `out ${asked}`, `out ${invalid}`]);
    await host.close();
  });

  it("has its errors as faults, and what failed or never ended undone", async () => {
    const store = new MemoryStore();
    const { send, heard, host, capsule } = await start(component(), { retry: { attempts: 1 } }, { store });
    await send("fail");
    await send("spin");
    expect(capsule.counters).toMatchObject({ faults: 1, exhausted: 1, deadLettered: 2, published: 0 });
    expect(capsule.state.size).toBe(0);
    expect(heard.map(({ subject }) => subject)).toEqual(["dlq.script", "dlq.script"]);
    expect(heard[0]?.headers).toContainEqual(["dead-letter-reason", "failed: it went wrong"]);
    await send("to out again");
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 1, failures: 2 });
  });

  it("does so in a thread, too", async () => {
    const store = new MemoryStore();
    const { send, heard, host, capsule } = await start(component(), { retry: { attempts: 1 } }, { store, platform: threadPlatform, load: { isolation: "thread" } });
    for (const words of ["to out.a hello", "fail", "with out.b", "spin", "ask"]) await send(words);
    expect(wordsOf(heard)).toEqual(["out.a hello", "dlq.script fail", "out.b x", "dlq.script spin", `out ${asked}`]);
    expect(capsule.counters).toMatchObject({ faults: 1, exhausted: 1, deadLettered: 2, published: 3 });
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 3, failures: 2 });
  });

  it("sends only where it was granted to", async () => {
    await using host = await createHost();
    const refused = await refusalOf(host.load(component(), { grants: ["subscribe=do"] }));
    expect(refused).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant state --grant 'publish=>'" });
    await host.load(component(), { grants: ["subscribe=do", "state", "publish=out"] });
    const heard: Message[] = [];
    host.subscribe(">", (message) => heard.push(message));
    await host.publish("do", "try other");
    await host.idle();
    expect(textOf(heard.at(-1)?.payload ?? new Uint8Array())).toContain("it may not publish to other; it may to out");
  });

  it("asks the policy before it sends", async () => {
    const rego = 'package doteros\nallow if input.operation != "publish"\nallow if input.resource.subject == "out"';
    const { send, heard, host, capsule } = await start(component(), {}, { policy: { modules: { "policy.rego": rego } } });
    await send("try elsewhere");
    expect(wordsOf(heard)).toEqual([expect.stringContaining("denied")]);
    expect(capsule.counters.denied).toBe(1);
    await host.close();
  });
});

it("tells a component of wasmCloud subject and reply subject, and takes them from it", async () => {
  const { send, heard, host } = await start(wasmcloud);
  await host.publish("do", "tell", { replyTo: "there" });
  await send("with out");
  expect(wordsOf(heard)).toEqual(['out ["do","there"]', "out x"]);
  expect(heard[1]?.replyTo).toBe("back.here");
  await host.close();
});

it("has headers as metadata in wasi:messaging", async () => {
  const { send, heard, host } = await start(wasi, { retry: { attempts: 1 } });
  await host.publish("do", "tell", { contentType: "text/plain", headers: [["a", "1"]] });
  for (const word of ["with out", "unasked", "timeout", "refuse"]) await send(word);
  expect(textOf(heard[0]?.payload ?? new Uint8Array())).toBe('["do","text/plain",[["a","1"]]]');
  expect(heard[1]).toMatchObject({ subject: "out", contentType: "text/plain", headers: [["a", "3"], ["c", "4"]] });
  expect(textOf(heard[1]?.payload ?? new Uint8Array())).toBe("x");
  expect(textOf(heard[2]?.payload ?? new Uint8Array())).toContain("the message asks for no answer");
  expect(heard[3]?.headers).toContainEqual(["dead-letter-reason", "failed: timeout"]);
  expect(heard[4]?.headers).toContainEqual(["dead-letter-reason", "denied: not you"]);
  await host.close();
});
