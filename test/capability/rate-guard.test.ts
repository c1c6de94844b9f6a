import { describe, expect, it } from "vitest";
import { RateGuard } from "../../host/capability/rate-guard.ts";
import type { RateRule } from "../../host/contract/manifest.ts";
import type { Guard } from "../../host/contract/policy.ts";

const SECOND = 1e9;

/** A guard with a clock of its own, behind which a policy denies `closed`. */
function limited(...rates: RateRule[]) {
  const clock = { now: 5 * SECOND };
  const tripped: string[] = [];
  const inner: Guard = { begin: () => undefined, refusal: (_, resource) => (resource === "closed" ? "closed" : undefined) };
  const guard = new RateGuard(inner, rates, () => clock.now, (message) => tripped.push(message));
  /** One message that sends to these subjects, all that it may. Answers how many those were. */
  const send = (...subjects: string[]): number => {
    guard.begin();
    const sent = subjects.filter((subject) => guard.refusal("publish", subject) === undefined);
    guard.sent(sent.map((subject) => ({ subject, headers: [], payload: new Uint8Array() })));
    return sent.length;
  };
  return { clock, tripped, guard, send };
}

describe("a rate", () => {
  it("allows a burst, and then as many as there is time for", () => {
    const { clock, send } = limited({ subjects: "a.>", perSecond: 2, burst: 3 });
    expect([1, 2, 3, 4, 5].map((at) => send(`a.${at}`))).toEqual([1, 1, 1, 0, 0]);
    clock.now += SECOND / 2;
    expect([send("a.1"), send("a.2")]).toEqual([1, 0]);
    clock.now += 100 * SECOND;
    expect([1, 2, 3, 4].map((at) => send(`a.${at}`))).toEqual([1, 1, 1, 0]);
  });

  it("counts the messages of one attempt together", () => {
    const { send } = limited({ subjects: "a.>", perSecond: 1, burst: 3 });
    expect(send("a.1", "a.2", "a.3", "a.4", "a.5")).toBe(3);
  });

  it("has one answer to one question in one attempt, and what that was too much is missing afterwards", () => {
    const { clock, send } = limited({ subjects: "a", perSecond: 10, burst: 1 });
    expect(send("a", "a", "a", "a", "a")).toBe(5);
    clock.now += 0.45 * SECOND;
    expect(send("a")).toBe(0);
    clock.now += 0.06 * SECOND;
    expect(send("a")).toBe(1);
  });

  it("does not count what was not committed", () => {
    const { guard, send } = limited({ subjects: "a", perSecond: 1, burst: 1 });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      guard.begin();
      expect(guard.refusal("publish", "a")).toBeUndefined();
    }
    expect([send("a"), send("a")]).toEqual([1, 0]);
  });

  it("is for its subjects alone, and all of those that are for a subject hold", () => {
    const { send, guard } = limited({ subjects: "a.>", perSecond: 5 }, { subjects: "a.b", perSecond: 0.5 });
    expect([send("a.b"), send("a.b"), send("a.c"), send("b"), send("b")]).toEqual([1, 0, 1, 1, 1]);
    expect(guard.refusal("request", "a.b")).toBe("the manifest limits a.b to 0.5 messages a second, 1 at once");
    expect(guard.refusal("state.put", "a.b")).toBeUndefined();
  });

  it("is asked after the policy", () => {
    const { guard } = limited({ subjects: "closed", perSecond: 1, burst: 1 });
    for (let call = 0; call < 3; call += 1) expect(guard.refusal("publish", "closed")).toBe("closed");
    expect(guard.limited).toBe(0);
  });

  it("counts its refusals, and says when it begins to refuse", () => {
    const { clock, tripped, guard, send } = limited({ subjects: ">", perSecond: 1, burst: 1 });
    for (let round = 0; round < 2; round += 1) {
      for (let at = 0; at < 4; at += 1) send("a");
      clock.now += 2 * SECOND;
    }
    expect(guard.limited).toBe(6);
    expect(tripped).toEqual(new Array(2).fill("the manifest limits > to 1 messages a second, 1 at once"));
  });

  it("goes on for ever without losing count", () => {
    const { clock, send } = limited({ subjects: "a", perSecond: 100, burst: 10 });
    let sent = 0;
    for (let at = 0; at < 100_000; at += 1) {
      clock.now += SECOND / 1_000;
      sent += send("a");
    }
    expect(Math.abs(sent - 10_010)).toBeLessThanOrEqual(1);
  });
});
