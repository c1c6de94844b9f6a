import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InProcessBus } from "../../host/bus/in-process.ts";
import { covers } from "../../host/bus/subject.ts";
import type { Receiver, Reception } from "../../host/contract/bus.ts";
import { SUBJECTS_REMEMBERED_MAX } from "../../host/contract/limits.ts";
import type { Message } from "../../host/contract/message.ts";

const message = (subject: string): Message => ({ subject, headers: [], payload: new Uint8Array() });

class Listener implements Receiver {
  readonly kept = undefined;
  readonly ahead = false;
  readonly excess = 0;
  readonly heard: string[] = [];

  receive({ subject }: Message): Reception {
    this.heard.push(subject);
    return "taken";
  }

  whenRoom(callback: () => void): void {
    callback();
  }
}

/** Gives a message to all it concerns, and says how many they are. */
function publish(bus: InProcessBus, subject: string): number {
  const receivers = bus.route(subject);
  for (const receiver of receivers) receiver.receive(message(subject), 0);
  return receivers.length;
}

describe("the bus", () => {
  it("gives a message to those whose pattern matches, and says how many they are", () => {
    const bus = new InProcessBus();
    const [all, alerts, heat, other] = [new Listener(), new Listener(), new Listener(), new Listener()];
    bus.subscribe(">", all);
    bus.subscribe("alerts.*", alerts);
    bus.subscribe("alerts.heat", heat);
    bus.subscribe("alerts", other);
    expect(publish(bus, "alerts.heat")).toBe(3);
    expect(publish(bus, "alerts.heat.now")).toBe(1);
    expect([all.heard, alerts.heard, heat.heard, other.heard]).toEqual([["alerts.heat", "alerts.heat.now"], ["alerts.heat"], ["alerts.heat"], []]);
  });

  it("says 0 when nobody listens", () => {
    expect(publish(new InProcessBus(), "a")).toBe(0);
  });

  it("gives a receiver a message once, however many of its patterns match", () => {
    const bus = new InProcessBus();
    const listener = new Listener();
    for (const pattern of ["a.*", "a.>", "a.b", "a.b"]) bus.subscribe(pattern, listener);
    expect(publish(bus, "a.b")).toBe(1);
    expect(listener.heard).toEqual(["a.b"]);
  });

  it("lets the members of a queue group take turns, beside those without one", () => {
    const bus = new InProcessBus();
    const members = [new Listener(), new Listener(), new Listener()];
    const [alone, elsewhere] = [new Listener(), new Listener()];
    for (const member of members) bus.subscribe("jobs.*", member, "workers");
    bus.subscribe("jobs.*", alone);
    bus.subscribe("jobs.*", elsewhere, "auditors");
    for (let at = 0; at < 7; at += 1) expect(publish(bus, `jobs.${at}`)).toBe(3);
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
    expect([publish(bus, "jobs"), publish(bus, "jobs")]).toEqual([1, 1]);
    leaveToo();
    expect(publish(bus, "jobs")).toBe(0);
    expect([first.heard.length, second.heard.length]).toEqual([0, 2]);
  });

  it("hears of subscriptions that come and go after it has seen a subject", () => {
    const bus = new InProcessBus();
    const listener = new Listener();
    expect(publish(bus, "a.b")).toBe(0);
    const leave = bus.subscribe("a.*", listener);
    expect(publish(bus, "a.b")).toBe(1);
    leave();
    expect(publish(bus, "a.b")).toBe(0);
  });

  it("gives a member of a group a message once, with its own subscription beside", () => {
    const bus = new InProcessBus();
    const [both, member] = [new Listener(), new Listener()];
    bus.subscribe("jobs.>", both);
    bus.subscribe("jobs.*", both, "workers");
    bus.subscribe("jobs.>", both, "workers");
    bus.subscribe("jobs.*", member, "workers");
    for (let at = 0; at < 10; at += 1) publish(bus, "jobs.a");
    expect([both.heard.length, member.heard.length]).toEqual([10, 5]);
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
    for (let at = 0; at < SUBJECTS_REMEMBERED_MAX * 2 + 1; at += 1) publish(bus, `s.${at}`);
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
            counts.push({ actual: publish(bus, one.subject), expected: concerned.length });
          }
          for (const { listener, expected } of there) expect(listener.heard).toEqual(expected);
        }
        for (const { actual, expected } of counts) expect(actual).toBe(expected);
      }),
    );
  });
});
