import { describe, expect, it } from "vitest";
import { patternProblem, subjectProblem } from "../../host/bus/subject.ts";
import { Router } from "../../host/kernel/route.ts";

function router(...subscriptions: [string, number, string?][]): Router {
  const made = new Router();
  for (const subscription of subscriptions) made.insert(...subscription);
  return made;
}

const ids = (made: Router, subject: string): number[] => [...made.match(subject).subscribers].sort((a, b) => a - b);

describe("what a subject meets", () => {
  const made = router(["a.b", 1], ["a.*", 2], ["*.b", 3], ["a.>", 4], [">", 5], ["a", 6], ["a.b.c", 7], ["*.*", 8], ["$SYS.>", 9]);

  it.each([
    ["a.b", [1, 2, 3, 4, 5, 8]],
    ["a", [5, 6]],
    ["a.b.c", [4, 5, 7]],
    ["x.b", [3, 5, 8]],
    ["A.B", [5, 8]],
    ["$SYS.x", [5, 8, 9]],
  ])("%s", (subject, wanted) => expect(ids(made, subject)).toEqual(wanted));

  it("is nothing while there is no subscription", () => {
    expect(new Router().match("a.b")).toEqual({ subscribers: [], groups: [] });
  });

  it("has an id once for each subscription", () => {
    expect(ids(router(["a", 1], ["a", 1], ["*", 1], ["a", 4_294_967_295]), "a")).toEqual([1, 1, 1, 4_294_967_295]);
  });

  it("tells tokens apart that begin alike, whatever their length", () => {
    const words = Array.from({ length: 120 }, (_, length) => "x".repeat(length + 1));
    const alike = router(...words.map((word, id): [string, number] => [word, id]));
    for (const [id, word] of words.entries()) expect(ids(alike, word)).toEqual([id]);
  });
});

describe("groups", () => {
  it("are told apart by name, and are one across patterns", () => {
    const made = router(["a.*", 1, "g"], ["a.b", 2, "g"], ["a.b", 3, "h"], ["a.b", 4]);
    const { subscribers, groups } = made.match("a.b");
    expect(subscribers).toEqual([4]);
    expect(groups.map((members) => [...members].sort((a, b) => a - b).join()).sort((a, b) => a.localeCompare(b))).toEqual(["1,2", "3"]);
    expect(made.match("a.c").groups).toEqual([[1]]);
  });

  it("go with their last member", () => {
    const made = router(["a", 1, "g"], ["a", 2, "g"]);
    expect([made.remove("a", 1, "g"), made.remove("a", 1, "g"), made.remove("a", 2), made.remove("a", 2, "h")]).toEqual([true, false, false, false]);
    expect(made.match("a").groups).toEqual([[2]]);
    expect(made.remove("a", 2, "g")).toBe(true);
    expect(made.match("a")).toEqual({ subscribers: [], groups: [] });
  });

  it.each(["", "x".repeat(256), "ü".repeat(128), "\ud800"])("have names, which %j is not", (name) => {
    expect(() => new Router().insert("a", 1, name)).toThrow(expect.objectContaining({ code: "invalid-subject" }));
  });
});

describe("what is refused", () => {
  it.each([
    ["a..b", 2],
    [".a", 0],
    ["a.", 2],
    ["a b", 1],
    ["ü.\u2003", 3],
    ["a.b\u007f", 3],
    ["a.x*", 3],
    ["a.>.b", 2],
  ])("the pattern %j, with the place of the problem in bytes", (pattern, offset) => {
    expect(() => new Router().insert(pattern, 1)).toThrow(expect.objectContaining({ code: "invalid-subject", offset }));
    expect(() => new Router().remove(pattern, 1)).toThrow(expect.objectContaining({ code: "invalid-subject", offset }));
  });

  it("is the same as what the bus refuses, for every character alone, beside others and after words of them", () => {
    const made = new Router();
    const different: string[] = [];
    for (let code = 0; code < 0x10000; code += code < 0x3100 || code > 0xd700 ? 1 : 97) {
      const character = String.fromCharCode(code);
      for (const text of [character, `a${character}b`, `seventeen.seventeen${character}`]) {
        const refused = [subjectProblem(text) !== undefined, patternProblem(text) !== undefined];
        if (refused.join() !== [throws(() => made.match(text)), throws(() => made.remove(text, 1))].join()) different.push(`${code}: ${JSON.stringify(text)}`);
      }
    }
    expect(different).toEqual([]);
  });

  it("is a text of more than 255 bytes", () => {
    const made = router([">", 1]);
    expect(ids(made, "x".repeat(255))).toEqual([1]);
    expect(ids(made, `${"ü".repeat(127)}x`)).toEqual([1]);
    expect(ids(made, `${"x.".repeat(127)}x`)).toEqual([1]);
    for (const long of ["x".repeat(256), "ü".repeat(128), "日".repeat(255), "x".repeat(100_000)]) {
      expect(() => made.match(long)).toThrow(expect.objectContaining({ code: "invalid-subject" }));
    }
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 32])("the id %d", (id) => {
    expect(() => new Router().insert("a", id)).toThrow(expect.objectContaining({ code: "wrong-value" }));
  });
});

describe("memory", () => {
  it("does not grow while subscriptions come and go", () => {
    const made = new Router();
    const round = (): void => {
      for (let id = 0; id < 3_000; id += 1) made.insert(`a.${id}.*.device-${id * 7}.>`, id, id % 3 === 0 ? `g${id % 11}` : undefined);
      for (let id = 0; id < 1_000; id += 1) made.insert("popular", id);
      expect(made.match("popular").subscribers).toHaveLength(1_000);
      for (let id = 0; id < 1_000; id += 1) expect(made.remove("popular", id)).toBe(true);
      for (let id = 0; id < 3_000; id += 1) made.remove(`a.${id}.*.device-${id * 7}.>`, id, id % 3 === 0 ? `g${id % 11}` : undefined);
    };
    round();
    const { bytes } = made;
    for (let time = 0; time < 20; time += 1) round();
    expect(made.bytes).toBe(bytes);
    expect(made.match("a.7.x.device-49.y")).toEqual({ subscribers: [], groups: [] });
  });

  it("has room for long answers", () => {
    const made = new Router();
    for (let id = 0; id < 50_000; id += 1) made.insert(id % 2 === 0 ? "a.>" : "a.*", id, id % 5 === 0 ? `g${id % 100}` : undefined);
    const { subscribers, groups } = made.match("a.b");
    expect(new Set([...subscribers, ...groups.flat()]).size).toBe(50_000);
    expect([subscribers.length, groups.length]).toEqual([40_000, 20]);
  });
});

it("looks at no more when there are more subscriptions that a subject does not meet", () => {
  const few = filled(1_000);
  const many = filled(100_000);
  const ratios = Array.from({ length: 9 }, () => matchMilliseconds(many) / matchMilliseconds(few)).sort((a, b) => a - b);
  expect(ratios[4]).toBeLessThan(10);
});

function filled(count: number): Router {
  const made = router(["readings.*.temperature", 0], ["readings.>", 1], ["readings.seattle.temperature", 2]);
  for (let id = 3; id < count; id += 1) made.insert(`readings.site-${id}.temperature`, id);
  return made;
}

function matchMilliseconds(made: Router): number {
  const began = performance.now();
  for (let time = 0; time < 2_000; time += 1) if (made.match("readings.seattle.temperature").subscribers.length !== 3) throw new Error("met others");
  return performance.now() - began;
}

function throws(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}
