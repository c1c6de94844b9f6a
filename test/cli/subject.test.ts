import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../host/cli/input/csv.ts";
import type { Row } from "../../host/cli/input/row.ts";
import { compileSubject } from "../../host/cli/subject.ts";
import { good, rowsOfDataset } from "./input/text.ts";

const rowOf = (values: Readonly<Record<string, unknown>>): Row => ({
  line: 1,
  payload: JSON.stringify(values),
  columns: () => Object.keys(values),
  cell: (column) => values[column],
});

describe("the subject of a row", () => {
  it.each([
    ["input", {}, "input"],
    ["readings.{city}", { city: "seattle" }, "readings.seattle"],
    ["{a}.{b}-{c}.x", { a: 1.5, b: true, c: "z" }, "1-5.true-z.x"],
    ["r.{city}", { city: "St. Louis*>\t" }, "r.St--Louis---"],
    ["r.{city}", { city: "" }, "r.-"],
    ["r.{city}", { city: null }, "r.-"],
    ["r.{city}", { city: "Zürich 東京" }, "r.Zürich-東京"],
    ["r.{a b}", { "a b": "x" }, "r.x"],
  ])("is made from %s and %j", (template, values, subject) => {
    expect(compileSubject(template).render(rowOf(values))).toBe(subject);
  });

  it("says which columns there are when one is missing, nearest first", () => {
    const subject = compileSubject("readings.{locaton}");
    expect(() => subject.render(rowOf({ location: "Seattle", date: "x" }))).toThrow(
      expect.objectContaining({
        code: "invalid-row",
        message: 'the row has no column "locaton", which --subject names',
        help: "did you mean {location}? It has: location, date",
      }),
    );
  });

  it("refuses a value that is not one piece of text, and a subject that is too long", () => {
    const subject = compileSubject("r.{a}");
    expect(() => subject.render(rowOf({ a: [1] }))).toThrow('the row has more than one piece of text in "a"');
    expect(() => subject.render(rowOf({ a: "é".repeat(200) }))).toThrow("the row makes a subject that has more than 255 bytes");
  });

  it.each(["", ".", "a..b", "a.", "a.*", ">", "a b", "a.{", "a}.b", "a.{}", "{a{b}}"])("refuses the template %j", (template) => {
    expect(() => compileSubject(template)).toThrow(expect.objectContaining({ code: "usage" }));
  });

  it("never has more tokens than its template, whatever the row holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (value) => {
        const subject = compileSubject("readings.{a}.x").render(rowOf({ a: value }));
        expect(subject.split(".").length).toBe(3);
        expect(subject).not.toMatch(/[*>\s\p{Cc}]/u);
      }),
    );
  });

  it("names the two cities of weather.csv and the five stocks of stocks.csv", async () => {
    const subjects = async (name: string, template: string): Promise<string[]> => {
      const subject = compileSubject(template);
      const rows = await rowsOfDataset(readCsv, name);
      return [...new Set(rows.map((row) => subject.render(good(row))))];
    };
    expect(await subjects("weather.csv", "readings.{location}")).toEqual(["readings.Seattle", "readings.New-York"]);
    expect(await subjects("stocks.csv", "ticks.{symbol}")).toEqual(["MSFT", "AMZN", "IBM", "GOOG", "AAPL"].map((name) => `ticks.${name}`));
  });
});
