import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InProcessBus } from "../../host/bus/in-process.ts";
import { covers } from "../../host/bus/subject.ts";
import type { Receiver, Reception, Sender } from "../../host/contract/bus.ts";
import { SUBJECTS_REMEMBERED_MAX } from "../../host/contract/limits.ts";
import type { Message } from "../../host/contract/message.ts";

const message = (subject: string): Message => ({ subject, headers: [], payload: new Uint8Array() });

class Listener implements Receiver {
  readonly excess = 0;
  readonly heard: string[] = [];
  readonly #reception: Reception;

  constructor(reception: Reception = "taken") {
    this.#reception = reception;
  }

  receive({ subject }: Message): Reception {
    this.heard.push(subject);
    return this.#reception;
  }

  whenRoom(callback: () => void): void {
    callback();
  }
}

class Voice implements Sender {
  readonly fulls: Receiver[] = [];
  readonly rejections: Receiver[] = [];

  full(receiver: Receiver): void {
    this.fulls.push(receiver);
  }

  rejected(receiver: Receiver): void {
    this.rejections.push(receiver);
  }
}

const voice = new Voice();

describe("the bus", () => {
  it("gives a message to those whose pattern matches, and says how many they are", () => {
    const bus = new InProcessBus();
    const [all, alerts, heat, other] = [new Listener(), new Listener(), new Listener(), new Listener()];
    bus.subscribe(">", all);
    bus.subscribe("alerts.*", alerts);
    bus.subscribe("alerts.heat", heat);
    bus.subscribe("alerts", other);
    expect(bus.publish(message("alerts.heat"), voice)).toBe(3);
    expect(bus.publish(message("alerts.heat.now"), voice)).toBe(1);
    expect([all.heard, alerts.heard, heat.heard, other.heard]).toEqual([["alerts.heat", "alerts.heat.now"], ["alerts.heat"], ["alerts.heat"], []]);
  });

  it("says 0 when nobody listens", () => {
    expect(new InProcessBus().publish(message("a"), voice)).toBe(0);
  });

  it("gives a receiver a message once, however many of its patterns match", () => {
    const bus = new InProcessBus();
    const listener = new Listener();
    for (const pattern of ["a.*", "a.>", "a.b", "a.b"]) bus.subscribe(pattern, listener);
    expect(bus.publish(message("a.b"), voice)).toBe(1);
    expect(listener.heard).toEqual(["a.b"]);
  });

  it("lets the members of a queue group take turns, beside those without one", () => {
    const bus = new InProcessBus();
    const members = [new Listener(), new Listener(), new Listener()];
    const [alone, elsewhere] = [new Listener(), new Listener()];
    for (const member of members) bus.subscribe("jobs.*", member, "workers");
    bus.subscribe("jobs.*", alone);
    bus.subscribe("jobs.*", elsewhere, "auditors");
    for (let at = 0; at < 7; at += 1) expect(bus.publish(message(`jobs.${at}`), voice)).toBe(3);
    expect(members.map(({ heard }) => heard.length)).toEqual([3, 2, 2]);
    expect([alone.heard.length, elsewhere.heard.length]).toEqual([7, 7]);
  });

  it("goes on with the others when a member of a group leaves", () => {
    const bus = new InProcessBus();
    const [first, second] = [new Listener(), new Listener()];
    const leave = bus.subscribe("jobs", first, "workers");
    const leaveToo = bus.subscribe("jobs", second, "workers");
    leave();
    leave();
    expect([bus.publish(message("jobs"), voice), bus.publish(message("jobs"), voice)]).toEqual([1, 1]);
    leaveToo();
    expect(bus.publish(message("jobs"), voice)).toBe(0);
    expect([first.heard.length, second.heard.length]).toEqual([0, 2]);
  });

  it("hears of subscriptions that come and go after it has seen a subject", () => {
    const bus = new InProcessBus();
    const listener = new Listener();
    expect(bus.publish(message("a.b"), voice)).toBe(0);
    const leave = bus.subscribe("a.*", listener);
    expect(bus.publish(message("a.b"), voice)).toBe(1);
    leave();
    expect(bus.publish(message("a.b"), voice)).toBe(0);
  });

  it("tells the sender who is full and who did not take the message", () => {
    const bus = new InProcessBus();
    const own = new Voice();
    const [full, rejecting] = [new Listener("full"), new Listener("rejected")];
    bus.subscribe("a", full);
    bus.subscribe("a", rejecting, "queue");
    bus.publish(message("a"), own);
    expect([own.fulls, own.rejections]).toEqual([[full], [rejecting]]);
  });

  it("refuses what is not a pattern, and a queue without a name", () => {
    const bus = new InProcessBus();
    expect(() => bus.subscribe("a..b", new Listener())).toThrow(expect.objectContaining({ code: "invalid-subject" }));
    expect(() => bus.subscribe("a", new Listener(), "")).toThrow(/queue is empty/);
  });

  it("routes more subjects than it remembers", () => {
    const bus = new InProcessBus();
    const listener = new Listener();
    bus.subscribe("s.*", listener);
    for (let at = 0; at < SUBJECTS_REMEMBERED_MAX * 2 + 1; at += 1) bus.publish(message(`s.${at}`), voice);
    expect(listener.heard).toHaveLength(SUBJECTS_REMEMBERED_MAX * 2 + 1);
  });

  it("agrees with comparing the subject to each pattern, while subscriptions come and go", () => {
    const token = fc.constantFrom("a", "b", "c");
    const pattern = fc
      .tuple(fc.array(fc.oneof(token, fc.constant("*")), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([tokens, open]) => [...tokens, ...(open ? [">"] : [])].join("."));
    const subject = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join("."));
    const step = fc.oneof(
      fc.record({ kind: fc.constant("subscribe" as const), pattern }),
      fc.record({ kind: fc.constant("leave" as const), at: fc.nat(20) }),
      fc.record({ kind: fc.constant("publish" as const), subject }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bus = new InProcessBus();
        const counts: { actual: number; expected: number }[] = [];
        const there: { pattern: string; listener: Listener; leave: () => void; expected: string[] }[] = [];
        for (const one of steps) {
          if (one.kind === "subscribe") {
            const listener = new Listener();
            there.push({ pattern: one.pattern, listener, leave: bus.subscribe(one.pattern, listener), expected: [] });
          } else if (one.kind === "leave") {
            for (const { leave } of there.splice(one.at, 1)) leave();
          } else {
            const concerned = there.filter((entry) => covers(entry.pattern, one.subject));
            for (const { expected } of concerned) expected.push(one.subject);
            counts.push({ actual: bus.publish(message(one.subject), voice), expected: concerned.length });
          }
          for (const { listener, expected } of there) expect(listener.heard).toEqual(expected);
        }
        for (const { actual, expected } of counts) expect(actual).toBe(expected);
      }),
    );
  });
});
