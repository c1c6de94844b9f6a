import * as fc from "fast-check";
import { expect, it } from "vitest";
import { InProcessBus } from "../../host/bus/in-process.ts";
import { PatternList } from "../../host/bus/pattern-list.ts";
import type { Receiver } from "../../host/contract/bus.ts";
import { type Routes, Router } from "../../host/kernel/route.ts";

const token = fc.constantFrom("a", "b", "c");
const pattern = fc
  .tuple(fc.array(fc.oneof(token, fc.constant("*")), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([tokens, open]) => [...tokens, ...(open ? [">"] : [])].join("."));
const subscription = fc.record({ pattern, id: fc.nat(9), group: fc.option(fc.constantFrom("g", "h"), { nil: undefined }) });

/** An answer without its order, which is not promised. */
function sorted({ subscribers, groups }: Routes): unknown {
  const numbers = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);
  return [numbers(subscribers), groups.map((ids) => numbers(ids).join()).sort()];
}

it("a list answers what the routing kernel answers, while subscriptions come and go", () => {
  fc.assert(
    fc.property(fc.array(subscription, { maxLength: 30 }), fc.array(subscription, { maxLength: 10 }), fc.array(token, { minLength: 1, maxLength: 5 }), (come, go, subject) => {
      const both = [new PatternList(), new Router()];
      for (const { pattern: what, id, group } of come) for (const routing of both) routing.insert(what, id, group);
      for (const { pattern: what, id, group } of [...go, ...come.slice(0, 5)]) {
        const [one, other] = both.map((routing) => routing.remove(what, id, group));
        expect(one).toBe(other);
      }
      const [list, kernel] = both.map((routing) => sorted(routing.match(subject.join("."))));
      expect(list).toEqual(kernel);
    }),
  );
});

const receiver = (): Receiver => ({ kept: undefined, ahead: false, excess: 0, receive: () => "taken", whenRoom: (callback) => callback() });

it("a bus goes on when it has so many subscriptions that the kernel takes over", async () => {
  const bus = new InProcessBus();
  const many = Array.from({ length: 100 }, receiver);
  const ends = many.map((one, at) => bus.subscribe(`s.${at}.>`, one));
  const members = [receiver(), receiver()];
  for (const member of members) bus.subscribe("s.7.*", member, "queue");
  const before = bus.route("s.7.x");
  // The list goes on until the kernel is there; then there are subjects that nobody has asked about yet.
  await import("../../host/kernel/route.ts");
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
  expect(bus.route("s.7.y")).toHaveLength(2);
  expect([before, bus.route("s.7.z")].map((all) => all.filter((one) => one === many[7]))).toEqual([[many[7]], [many[7]]]);
  ends[7]?.();
  expect(members).toContain(bus.route("s.7.y")[0]);
  expect(bus.route("s.8.y")).toEqual([many[8]]);
});
