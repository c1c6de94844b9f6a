import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPattern, checkSubject, covers, patternProblem, subjectProblem } from "../../host/bus/subject.ts";

describe("a subject", () => {
  it.each(["a", "readings.seattle", "a.b.c.d", "_INBOX.weather.1.1", "$SYS.x", "München.süd", "日本.東京", "a-b_c/d,e:f", "x".repeat(255)])(
    "may be %s",
    (subject) => {
      expect(subjectProblem(subject)).toBeUndefined();
    },
  );

  it.each([
    ["", "is empty"],
    [".", "has an empty token"],
    ["a..b", "has an empty token"],
    [".a", "has an empty token"],
    ["a.", "has an empty token"],
    ["a b", "holds a space"],
    ["a.\tb", "holds a space"],
    ["a\nb", "holds a space"],
    ["a\u0000", "holds a space or a character that does not print"],
    ["a\u0085b", "does not print"],
    ["a\u00a0b", "holds a space"],
    ["\ud800", "does not print"],
    ["a.*", "holds * or >"],
    ["a.>", "holds * or >"],
    ["a*", "holds * or >"],
    ["x".repeat(256), "has more than 255 bytes"],
    ["ü".repeat(128), "has more than 255 bytes"],
  ])("may not be %j", (subject, problem) => {
    expect(subjectProblem(subject)).toContain(problem);
    expect(() => checkSubject(subject)).toThrow(expect.objectContaining({ code: "invalid-subject" }));
  });

  it("may have exactly 255 bytes in more than one byte each", () => {
    expect(subjectProblem(`${"ü".repeat(127)}x`)).toBeUndefined();
  });
});

describe("a pattern", () => {
  it.each(["*", ">", "a.*", "a.>", "*.*.>", "a.*.b", "readings.seattle"])("may be %s", (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  it.each([
    ["", "is empty"],
    ["a..>", "has an empty token"],
    [">.a", "has > before its last token"],
    ["a.>.b", "has > before its last token"],
    ["a*", "has * or > beside other characters"],
    ["a.b>", "has * or > beside other characters"],
    ["**", "has * or > beside other characters"],
    ["a b", "holds a space"],
  ])("may not be %j", (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(problem);
    expect(() => checkPattern(pattern)).toThrow(expect.objectContaining({ code: "invalid-subject" }));
  });
});

describe("a pattern that covers another", () => {
  it.each([
    [">", "*", true],
    [">", "a.b.>", true],
    ["alerts.>", "alerts.heat", true],
    ["alerts.>", "alerts", false],
    ["alerts.>", "alerts.*.>", true],
    ["alerts.*", "alerts.>", false],
    ["*.>", ">", false],
    ["*.>", "a.>", true],
    ["*", "a", true],
    ["a", "*", false],
    ["a.*.c", "a.b.c", true],
    ["a.*.c", "a.b.d", false],
    ["a.b", "a.b.c", false],
  ])("%s over %s: %s", (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });

  // Two letters stand for all: a pattern that tells three apart has three letters in it.
  const subjects = words(["a", "b"], 4);
  const pattern = fc
    .tuple(fc.array(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([tokens, open]) => [...tokens, ...(open ? [">"] : [])].join("."));

  it("matches every subject that the other matches, and only then", () => {
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        const matches = (one: string, subject: string): boolean => regexOf(one).test(subject);
        // A letter that is in neither pattern tells * from a and b together.
        const all = [...subjects, ...subjects.map((subject) => subject.replaceAll("b", "c"))];
        expect(covers(wide, narrow)).toBe(all.every((subject) => !matches(narrow, subject) || matches(wide, subject)));
      }),
    );
  });
});

/** All subjects of at most `length` tokens. */
function words(letters: readonly string[], length: number): string[] {
  const shorter = length === 1 ? [] : words(letters, length - 1);
  const longest = shorter.filter((word) => word.split(".").length === length - 1);
  return [...shorter, ...(length === 1 ? letters : longest.flatMap((word) => letters.map((letter) => `${word}.${letter}`)))];
}

function regexOf(pattern: string): RegExp {
  const text = pattern.replaceAll(".", "\\.").replaceAll("*", "[^.]+").replace(/>$/, ".+");
  return new RegExp(`^${text}$`);
}
