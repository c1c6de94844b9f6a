import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mailbox, type WhenFull } from "../../host/bus/mailbox.ts";
import type { Message } from "../../host/contract/message.ts";

const message = (number: number): Message => ({ subject: String(number), headers: [], payload: new Uint8Array() });
const open = (messagesMax: number, full: WhenFull = "block"): Mailbox => new Mailbox({ messagesMax, full, arrived: () => undefined });

function takeAll(mailbox: Mailbox): string[] {
  const subjects: string[] = [];
  for (let next = mailbox.take(); next !== undefined; next = mailbox.take()) subjects.push(next.subject);
  return subjects;
}

describe("a mailbox that blocks", () => {
  it("takes every message, in order, and says from when on it is full", () => {
    const mailbox = open(2);
    expect([0, 1, 2, 3].map((at) => mailbox.receive(message(at), at))).toEqual(["taken", "taken", "full", "full"]);
    expect([mailbox.size, mailbox.excess]).toEqual([4, 2]);
    expect(takeAll(mailbox)).toEqual(["0", "1", "2", "3"]);
  });

  it("calls those who wait in order, each as soon as what was there when it asked fits", () => {
    const mailbox = open(2);
    const called: string[] = [];
    mailbox.whenRoom(() => called.push("at once"));
    for (let at = 0; at < 3; at += 1) mailbox.receive(message(at), at);
    mailbox.whenRoom(() => called.push("first"));
    for (let at = 3; at < 6; at += 1) mailbox.receive(message(at), at);
    mailbox.whenRoom(() => called.push("second"));
    mailbox.whenRoom(() => called.push("third"));
    expect(called).toEqual(["at once"]);
    mailbox.take();
    expect(called).toEqual(["at once", "first"]);
    for (let left = 2; left > 0; left -= 1) mailbox.take();
    expect(called).toEqual(["at once", "first"]);
    mailbox.take();
    expect(called).toEqual(["at once", "first", "second", "third"]);
  });

  it("lets someone who was called wait again", () => {
    const mailbox = open(1);
    const called: number[] = [];
    const wait = (): void => mailbox.whenRoom(() => void called.push(mailbox.size));
    for (let at = 0; at < 3; at += 1) mailbox.receive(message(at), at);
    mailbox.whenRoom(() => {
      mailbox.receive(message(9), 9);
      wait();
    });
    expect(takeAll(mailbox)).toEqual(["0", "1", "2", "9"]);
    expect(called).toEqual([1]);
  });

  it("releases everyone when it is cleared, and says how many messages that were", () => {
    const mailbox = open(1);
    let released = 0;
    for (let at = 0; at < 50; at += 1) {
      mailbox.receive(message(at), at);
      mailbox.whenRoom(() => {
        released += 1;
      });
    }
    expect([mailbox.clear(), released, mailbox.size]).toEqual([50, 50, 0]);
  });

  it("does not slow down with the number of those who wait", () => {
    const mailbox = open(1);
    let released = 0;
    for (let at = 0; at < 200_000; at += 1) {
      mailbox.receive(message(at), at);
      mailbox.whenRoom(() => {
        released += 1;
      });
    }
    const started = performance.now();
    takeAll(mailbox);
    expect(released).toBe(200_000);
    // Moving all that are left at each step would take minutes.
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("a mailbox that drops the oldest", () => {
  it("keeps the newest and counts what it dropped", () => {
    const mailbox = open(3, "drop-oldest");
    for (let at = 0; at < 10; at += 1) expect(mailbox.receive(message(at), at)).toBe("taken");
    expect(mailbox.dropped).toBe(7);
    expect(takeAll(mailbox)).toEqual(["7", "8", "9"]);
  });
});

describe("a mailbox that rejects", () => {
  it("keeps the oldest and counts what it did not take", () => {
    const mailbox = open(3, "reject");
    const receptions = Array.from({ length: 5 }, (_, at) => mailbox.receive(message(at), at));
    expect(receptions).toEqual(["taken", "taken", "taken", "rejected", "rejected"]);
    expect(mailbox.rejected).toBe(2);
    expect(takeAll(mailbox)).toEqual(["0", "1", "2"]);
  });
});

describe("any mailbox", () => {
  it("says when something arrives", () => {
    let arrivals = 0;
    const mailbox = new Mailbox({
      messagesMax: 1,
      full: "reject",
      arrived: () => {
        arrivals += 1;
      },
    });
    mailbox.receive(message(0), 0);
    mailbox.receive(message(1), 1);
    expect(arrivals).toBe(1);
  });

  it("tells of what waits which messages came after which", () => {
    const mailbox = open(4);
    for (let at = 1; at <= 40; at += 1) {
      mailbox.receive(message(at), at * 2);
      if (at % 3 === 0) mailbox.take();
    }
    const after = (sequence: number): number[] => Array.from(mailbox.after(sequence), ([number]) => number);
    expect(mailbox.sequence).toBe(26);
    expect(after(0)).toEqual(Array.from({ length: 27 }, (_, at) => 28 + at * 2));
    expect(after(77)).toEqual([78, 80]);
    expect(after(80)).toEqual([]);
  });

  it("serves whoever comes later, too", () => {
    const mailbox = open(1);
    mailbox.receive(message(1), 1);
    let arrivals = 0;
    mailbox.serve(5, () => {
      arrivals += 1;
    });
    expect([arrivals, mailbox.excess]).toEqual([1, -4]);
    mailbox.receive(message(2), 2);
    expect(arrivals).toBe(2);
  });

  it("loses and reorders nothing that it does not count", () => {
    const full = fc.constantFrom<WhenFull>("block", "drop-oldest", "reject");
    fc.assert(
      fc.property(full, fc.integer({ min: 1, max: 40 }), fc.array(fc.boolean(), { maxLength: 300 }), (mode, most, steps) => {
        const mailbox = open(most, mode);
        let model: string[] = [];
        const taken: [string | undefined, string | undefined][] = [];
        let [dropped, rejected] = [0, 0];
        for (const [at, adds] of steps.entries()) {
          if (!adds) {
            taken.push([mailbox.take()?.subject, model.shift()]);
            continue;
          }
          mailbox.receive(message(at), at);
          if (mode === "reject" && model.length >= most) rejected += 1;
          else model.push(String(at));
          if (mode === "drop-oldest" && model.length > most) {
            model = model.slice(1);
            dropped += 1;
          }
        }
        for (const [actual, expected] of taken) expect(actual).toBe(expected);
        expect([mailbox.size, mailbox.dropped, mailbox.rejected]).toEqual([model.length, dropped, rejected]);
        expect(takeAll(mailbox)).toEqual(model);
      }),
    );
  });
});
