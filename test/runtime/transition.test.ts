import { beforeAll, describe, expect, it } from "vitest";
import { scriptCapsule } from "../fixture/script.ts";
import { headersOf, start, textOf } from "../fixture/running.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

const ONCE = { retry: { attempts: 1 } };

describe("a transition that succeeds", () => {
  it("commits what was written and sends what was published, in order", async () => {
    const { send, texts, entries, capsule, host } = await start(script);
    await send("p a 1\nm out.first x\np b 2\nm out.second y");
    expect(texts()).toEqual(["out.first x", "out.second y"]);
    expect(entries()).toEqual({ a: "1", b: "2" });
    expect(capsule.counters).toMatchObject({ messages: 1, transitions: 1, published: 2, faults: 0, traps: 0, deadLettered: 0 });
    expect([capsule.state.version, capsule.state.size]).toEqual([1n, 2]);
    expect(capsule.handlerNanoseconds).toBeGreaterThan(0);
    await host.close();
  });

  it("reads what was committed and what it wrote itself, in order of keys", async () => {
    const { send, texts, entries, host } = await start(script);
    await send("p b 1\np d 1\np e 1");
    await send("g b out.get\np b 2\ng b out.get\nd d\ng d out.get\np a 1\np c 1\ns out.scan\nv out.version");
    expect(texts()).toEqual(["out.get 1", "out.get 2", "out.get none", "out.scan a,b,c,e", "out.version 1"]);
    expect(entries()).toEqual({ a: "1", b: "2", c: "1", e: "1" });
    await host.close();
  });

  it("that writes nothing leaves the version of the state as it is", async () => {
    const { send, texts, capsule, host } = await start(script);
    await send("p a 1");
    await send("m out x");
    await send("v out.version");
    expect(texts()).toEqual(["out x", "out.version 1"]);
    expect(capsule.counters.transitions).toBe(3);
    await host.close();
  });

  it("may go on after a call that answered with a fault", async () => {
    const { send, entries, capsule, host } = await start(script, { capabilities: { state: true, publish: ["out.>"], log: true, context: true, request: [] } });
    await send("i\nm secret x\np a 1");
    expect(entries()).toEqual({ a: "1" });
    expect(capsule.counters).toMatchObject({ transitions: 1, published: 0, faults: 0 });
    await host.close();
  });
});

describe("a transition that fails leaves nothing behind", () => {
  it.each([
    ["traps after a put", "p a new\np b new\nt"],
    ["traps after a delete", "d a\nt"],
    ["traps after a publish", "m out.lost x\nt"],
    ["traps after a put and a publish", "p a new\nm out.lost x\nt"],
    ["returns a fault after a put", "p a new\nf no"],
    ["returns a fault after a publish", "m out.lost x\nf no"],
    ["returns a fault after both", "p a new\nd b\nm out.lost x\nr svc.lost x\nf no"],
    ["is refused a call after both", "p a new\nm out.lost x\nm out..wrong x"],
    ["asks for what traps after both", "p a new\nm out.lost x\nn"],
  ])("when it %s", async (_what, failing) => {
    const { send, texts, entries, capsule, host } = await start(script, ONCE);
    await send("p a old");
    await send(failing);
    expect(texts()).toEqual([`dlq.script ${failing}`]);
    expect(entries()).toEqual({ a: "old" });
    expect(capsule.state.version).toBe(1n);
    expect(capsule.counters).toMatchObject({ messages: 2, transitions: 1, published: 0, deadLettered: 1 });
    await send("s out.keys\nv out.version\ng a out.a");
    expect(texts().slice(1)).toEqual(["out.keys a", "out.version 1", "out.a old"]);
    await host.close();
  });
});

describe("the instance", () => {
  it("is replaced after a trap, and only then", async () => {
    const { send, texts, capsule, host } = await start(script, ONCE);
    await send("x out.seen");
    await send("f no");
    await send("x out.seen");
    await send("t");
    await send("x out.seen");
    expect(texts().filter((text) => text.startsWith("out"))).toEqual(["out.seen 1", "out.seen 3", "out.seen 1"]);
    expect(capsule.counters).toMatchObject({ faults: 1, traps: 1 });
    await host.close();
  });
});

describe("what the host fixes for a transition", () => {
  const look = (payload: Uint8Array): { time: bigint; index: bigint; random: string } => {
    const view = new DataView(payload.buffer, payload.byteOffset);
    return { time: view.getBigUint64(0, true), index: view.getBigUint64(8, true), random: Buffer.from(payload.slice(16)).toString("hex") };
  };

  it("is its time, its index and its random bytes", async () => {
    const { send, heard, host } = await start(script, ONCE);
    const before = BigInt(Date.now()) * 1_000_000n;
    await send("c out.context\nc out.context");
    await send("t");
    await send("c out.context");
    const [first, again, later] = heard.filter(({ subject }) => subject === "out.context").map(({ payload }) => look(payload));
    expect(first?.time).toBeGreaterThanOrEqual(before);
    expect(again?.time).toBe(first?.time);
    expect(later?.time).toBeGreaterThanOrEqual(first?.time ?? 0n);
    // The transition that trapped has an index of its own.
    expect([first?.index, again?.index, later?.index]).toEqual([1n, 1n, 3n]);
    // One stream for each transition: what comes next is not what came before.
    expect(new Set([first?.random, again?.random, later?.random]).size).toBe(3);
    expect(headersOf(heard.find(({ subject }) => subject === "dlq.script"))).toMatchObject({ "dead-letter-index": "2" });
    await host.close();
  });
});

describe("log lines", () => {
  it("are shown with what became of the attempt, those of a failed one too", async () => {
    const { send, lines, host } = await start(script, { retry: { attempts: 2 } });
    await send("l well");
    await send("l badly\nf no");
    const line = { capsule: "script", level: "info", context: "script" };
    expect(lines).toEqual([
      { ...line, message: "well", index: 1, attempt: 1, outcome: "committed" },
      { ...line, message: "badly", index: 2, attempt: 1, outcome: "failed" },
      { ...line, message: "badly", index: 2, attempt: 2, outcome: "failed" },
    ]);
    await host.close();
  });

  it("that are too many are counted instead of kept", async () => {
    const { send, lines, host } = await start(script);
    await send("l x\n".repeat(1_030));
    expect(lines).toHaveLength(1_025);
    expect(lines.at(-1)).toMatchObject({ level: "warn", context: "doteros", message: "6 more lines were left out" });
    await send("l y");
    expect(lines.at(-1)).toMatchObject({ message: "y", index: 2 });
    await host.close();
  });

  it("that are too long are cut", async () => {
    const { send, lines, host } = await start(script);
    await send(`l ${"x".repeat(20_000)}`);
    expect(lines[0]?.message).toBe(`${"x".repeat(16_384)}…`);
    await host.close();
  });
});

describe("messages", () => {
  it("that are requests carry a reply subject of their own, on which the capsule hears the answer", async () => {
    const { send, heard, entries, texts, host } = await start(script);
    host.subscribe("svc.echo", (message) => void host.publish(message.replyTo ?? "", `m out.answered ${textOf(message.payload)}`));
    await send("r svc.echo one\nr svc.echo two");
    const requests = heard.filter(({ subject }) => subject === "svc.echo");
    expect(requests.map(({ replyTo }) => replyTo)).toEqual(["_INBOX.script.1.1", "_INBOX.script.1.2"]);
    expect(entries()).toEqual({ reply: "_INBOX.script.1.2" });
    expect(texts().filter((text) => text.startsWith("out"))).toEqual(["out.answered one", "out.answered two"]);
    await host.close();
  });

  it("are refused on subjects that were not granted, with the reason", async () => {
    const { send, heard, host } = await start(script, {
      ...ONCE,
      capabilities: { state: true, publish: ["out.*"], request: ["svc.>"], log: true, context: true },
    });
    await send("m out.deep.down x");
    await send("r out.a x");
    await send("m out.> x");
    expect(heard.map((message) => headersOf(message)["dead-letter-reason"])).toEqual([
      "denied: it may not publish to out.deep.down; it may to out.*",
      "denied: it may not request to out.a; it may to svc.>",
      'invalid: the subject "out.>" holds * or >, which only patterns may',
    ]);
    await host.close();
  });

  it("are at most 1,024 for one handler call", async () => {
    const { send, capsule, heard, host } = await start(script, ONCE);
    await send("m out x\n".repeat(1_024));
    expect(capsule.counters.published).toBe(1_024);
    await send("m out x\n".repeat(1_025));
    expect(capsule.counters.published).toBe(1_024);
    expect(headersOf(heard.at(-1))).toMatchObject({ "dead-letter-reason": "limit: 1024 messages were sent already" });
    await host.close();
  });
});
