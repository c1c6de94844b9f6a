import { DEAD_LETTER_HEADERS } from "../../../host/index.ts";
import { equal, holds, refused } from "../check.ts";
import { type Cases, fileOf, hexOf, textOf } from "../kit.ts";
import { ALL_GRANTS, headersOf, SCRIPT, start } from "../running.ts";

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset);

/** What capsules may do, and what becomes of it. */
export const loopCases: Cases = {
  async "a transition commits what was written and sends what was published, in order"(kit) {
    const { send, texts, entries, capsule, host } = await start(kit);
    await send("p a 1\nm out.first x\np b 2\nm out.second y");
    equal(texts(), ["out.first x", "out.second y"]);
    equal(entries(), { a: "1", b: "2" });
    equal([capsule.state.version, capsule.state.size, capsule.counters.transitions, capsule.counters.published], [1n, 2, 1, 2]);
    await host.close();
  },

  async "a transition reads what was committed and what it wrote itself"(kit) {
    const { send, texts, host } = await start(kit);
    await send("p b 1\np d 1\np e 1");
    await send("g b out\np b 2\ng b out\nd d\ng d out\np a 1\np ü 1\ns out\nv out");
    equal(texts(), ["out 1", "out 2", "out none", "out a,b,e,ü", "out 1"]);
    await host.close();
  },

  async "a transition that traps or answers with a fault leaves nothing behind"(kit) {
    const { send, texts, entries, capsule, host } = await start(kit);
    await send("p a old");
    for (const failing of ["p a new\nt", "d a\nt", "m out x\nt", "p a new\nm out x\nf no", "p a new\nm out..wrong x", "p a new\nn"]) await send(failing);
    equal(entries(), { a: "old" });
    equal(texts().every((text) => text.startsWith("dlq.script ")), true);
    equal([capsule.state.version, capsule.counters.deadLettered, capsule.counters.published], [1n, 6, 0]);
    await host.close();
  },

  async "a message is tried as often as the manifest says, and then becomes a dead letter with its reason"(kit) {
    const { send, heard, capsule, host } = await start(kit, { manifest: { retry: { attempts: 3 } } });
    await send("f no");
    const headers = headersOf(heard.at(-1));
    equal([headers[DEAD_LETTER_HEADERS.reason], headers[DEAD_LETTER_HEADERS.code], headers[DEAD_LETTER_HEADERS.attempts]], ["failed: no", "capsule-fault", "3"]);
    equal([capsule.counters.faults, capsule.counters.retries, capsule.counters.deadLettered], [3, 2, 1]);
    await host.close();
  },

  async "an instance is replaced after a trap, and only then"(kit) {
    const { send, texts, host } = await start(kit);
    for (const line of ["x out", "f no", "x out", "t", "x out"]) await send(line);
    equal(texts().filter((text) => text.startsWith("out")), ["out 1", "out 3", "out 1"]);
    await host.close();
  },

  async "a capsule with a starter is started once for each instance"(kit) {
    const { send, texts, entries, host } = await start(kit, { file: "starting.wasm" });
    equal(entries(), {});
    await send("p a 1\ns out");
    await send("d started\nt");
    await send("d started");
    await send("s out");
    equal(texts().filter((text) => text.startsWith("out")), ["out a,started", "out a"]);
    await host.close();
  },

  async "time and chance stand still for a transition, and time never goes back"(kit) {
    const { send, heard, host } = await start(kit);
    const before = BigInt(Date.now()) * 1_000_000n;
    await send("c out\nc out");
    await send("c out");
    const [first, again, later] = heard.map(({ payload }) => ({ time: view(payload).getBigUint64(0, true), index: view(payload).getBigUint64(8, true), random: hexOf(payload.slice(16)) }));
    holds(first !== undefined && again !== undefined && later !== undefined, "too little was heard");
    holds(first.time >= before && later.time >= first.time, "time went back");
    equal([again.time, first.index, again.index, later.index], [first.time, 1n, 1n, 2n]);
    equal(new Set([first.random, again.random, later.random]).size, 3);
    await host.close();
  },

  async "lines of log come with what became of the attempt"(kit) {
    const { send, lines, host } = await start(kit);
    await send("l well");
    await send("l badly\nf no");
    equal(lines.map(({ message, index, outcome }) => `${message} ${index} ${outcome}`), ["well 1 committed", "badly 2 failed"]);
    await send("l x\n".repeat(1_030));
    equal([lines.length, lines.at(-1)?.message], [2 + 1_025, "6 more lines were left out"]);
    await host.close();
  },

  async "a request carries a subject of its own, on which the answer comes"(kit) {
    const { send, texts, entries, host } = await start(kit);
    host.subscribe("svc.echo", (message) => void host.publish(message.replyTo ?? "", `m out ${textOf(message.payload)}`));
    await send("r svc.echo one\nr svc.echo two");
    equal(entries(), { reply: "_INBOX.script.1.2" });
    equal(texts().filter((text) => text.startsWith("out")), ["out one", "out two"]);
    await host.close();
  },

  async "what was not granted is refused when it is called, with the reason"(kit) {
    const capabilities = { state: true, publish: ["out.*"], request: ["svc.>"], log: true, context: true } as const;
    const { send, heard, host } = await start(kit, { manifest: { capabilities } });
    for (const line of ["m out.deep.down x", "r out.a x", "m out.> x"]) await send(line);
    const reasons = heard.map((message) => headersOf(message)[DEAD_LETTER_HEADERS.reason] ?? "");
    equal(reasons.map((reason) => reason.split(":", 1)[0]), ["denied", "denied", "invalid"]);
    await host.close();
  },

  async "what was asked for and not granted is refused when it is loaded, all at once"(kit) {
    await using host = await kit.door.createHost();
    const error = await refused("not-granted", () => host.load(fileOf(kit, "script.wasm"), { manifest: SCRIPT, grants: ["state"] }), "publish", "request", "subscribe", "log", "context");
    holds(error.help?.includes("--grant") === true, "it does not say how to grant it");
    await refused("invalid-grant", () => host.load(fileOf(kit, "script.wasm"), { manifest: SCRIPT, grants: ["stat"] }));
    equal(host.capsules.size, 0);
  },

  async "a component that handles no messages is refused"(kit) {
    await using host = await kit.door.createHost();
    await refused("missing-export", () => host.load(fileOf(kit, "tool.wasm")), "run");
  },

  async "a component may carry its manifest"(kit) {
    await using host = await kit.door.createHost();
    const capsule = await host.load(fileOf(kit, "carrying.wasm"), { grants: ALL_GRANTS });
    equal([capsule.name, capsule.version, capsule.manifest.subscriptions], ["carried", "2.0.0", ["do.it"]]);
    await refused("capsule-loaded", () => host.load(fileOf(kit, "carrying.wasm"), { grants: ALL_GRANTS }));
    await capsule.unload();
    equal(host.capsules.size, 0);
  },

  async "of a queue one gets each message, and patterns meet what they should"(kit) {
    await using host = await kit.door.createHost();
    const heard: string[] = [];
    const listen = (name: string, pattern: string, queue?: string): void => void host.subscribe(pattern, ({ subject }) => void heard.push(`${name} ${subject}`), queue === undefined ? {} : { queue });
    listen("one", "a.*");
    listen("tail", "a.>");
    listen("q1", "a.>", "q");
    listen("q2", "a.>", "q");
    for (const subject of ["a.b", "a.b.c", "b.a"]) await host.publish(subject, "");
    await host.idle();
    equal(heard.filter((text) => !text.startsWith("q")).sort(), ["one a.b", "tail a.b", "tail a.b.c"]);
    equal(heard.filter((text) => text.startsWith("q")).map((text) => text.slice(3)).sort(), ["a.b", "a.b.c"]);
    equal(host.counters.unheard, 1);
    await refused("invalid-subject", () => host.publish("a..b", ""));
    await refused("invalid-subject", () => host.subscribe("a.>.b", () => undefined));
  },

  async "a full mailbox drops the oldest, or rejects, as its subscription says"(kit) {
    await using host = await kit.door.createHost();
    const heard: string[] = [];
    const dropping = host.subscribe("a", ({ payload }) => void heard.push(textOf(payload)), { full: "drop-oldest", messagesMax: 2 });
    const publishes = ["1", "2", "3", "4"].map((text) => host.publish("a", text));
    await Promise.all(publishes);
    await host.idle();
    equal([heard, dropping.counters.dropped], [["3", "4"], 2]);
    dropping.unsubscribe();
    const rejecting = host.subscribe("b", () => undefined, { full: "reject", messagesMax: 1 });
    const outcomes = await Promise.allSettled([host.publish("b", "1"), host.publish("b", "2")]);
    equal([outcomes.map(({ status }) => status), rejecting.counters.rejected], [["fulfilled", "rejected"], 1]);
  },

  async "what a handler throws is told by idle, and the host goes on"(kit) {
    await using host = await kit.door.createHost();
    const heard: string[] = [];
    host.subscribe("a", ({ payload }) => {
      if (textOf(payload) === "bad") throw new Error("of the handler");
      heard.push(textOf(payload));
    });
    await host.publish("a", "bad");
    await host.publish("a", "good");
    const told = await host.idle().then(() => "", String);
    holds(told.includes("of the handler"), `it told ${told}`);
    equal(heard, ["good"]);
    await host.idle();
  },

  async "ten thousand messages go through a capsule, in order"(kit) {
    const { host, capsule, entries } = await start(kit);
    for (let at = 0; at < 10_000; at += 1) await host.publish("do", `p k${at % 10} ${at}`);
    await host.idle();
    equal(entries(), Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, String(9_990 + at)])));
    equal(capsule.counters.transitions, 10_000);
    await host.close();
  },

  async "a host that is closed does nothing any more"(kit) {
    const host = await kit.door.createHost();
    await host.close();
    await host.close();
    await refused("closed", () => host.publish("a", ""));
    await refused("closed", () => host.load(fileOf(kit, "counter.wasm")));
    await refused("closed", () => host.idle());
  },
};
