import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../host/cli/input/json.ts";
import { chunksOf, dataset, good, outcome, rowsOf, rowsOfDataset } from "./text.ts";

const outcomes = async (text: string): Promise<string[]> => (await rowsOf(readJson, chunksOf(text))).map(outcome);

describe("reading JSON", () => {
  it("makes a row of each object of an array, with its own text and line", async () => {
    expect(await outcomes('\n[\n {"a": 1.0},\n {"b": "],\\"}"}\n]\n')).toEqual(['3 {"a": 1.0}', '4 {"b": "],\\"}"}']);
  });

  it("makes one row of one object", async () => {
    expect(await outcomes('\uFEFF{"a":\n[{}]}\n')).toEqual(['1 {"a":\n[{}]}']);
  });

  it("makes no row of an empty array", async () => {
    expect(await outcomes("[ ]")).toEqual([]);
  });

  it("names the line of an element that is not an object and goes on with the next", async () => {
    const rows = await outcomes('[\n{"a":1},\n7,\n{"a":x},\n{"a":2}\n]');
    expect(rows.filter((_, index) => index !== 2)).toEqual([
      '2 {"a":1}',
      "3 bad: holds a number, and a row is an object",
      '5 {"a":2}',
    ]);
    expect(rows[2]).toMatch(/^4 bad: is not JSON: /);
  });

  it.each([
    ["", "is neither an array of objects nor an object", 1],
    ["\n7", "is neither an array of objects nor an object", 2],
    ['[{"a":1},\n', "ends before the array of rows does", 2],
    ['[{"a":1}\n', "ends before the array of rows does", 2],
    ['[{"a":"1', "ends before the array of rows does", 1],
    ['[{"a":1},\n]', "has a comma after its last row", 1],
    ['[{"a":1}]\n[]', "goes on after the array of rows", 2],
  ])("refuses %j", async (text, problem, line) => {
    await expect(rowsOf(readJson, chunksOf(text))).rejects.toMatchObject({
      code: "invalid-row",
      message: `the input ${problem}`,
      where: `input:${line}`,
    });
  });

  it("tells who gives it an object on each line what to add", async () => {
    await expect(rowsOf(readJson, chunksOf('{"a":1}\n{"a":2}\n'))).rejects.toMatchObject({
      code: "invalid-row",
      help: "it has an object on each line: add --format ndjson",
    });
  });

  it.each([
    ["cars.json", 406],
    ["movies.json", 3_201],
    ["barley.json", 120],
    ["flights-20k.json", 20_000],
    ["us-10m.json", 1],
  ])("reads all of %s", async (name, count) => {
    const rows = await rowsOfDataset(readJson, name);
    const document: unknown = JSON.parse(readFileSync(dataset(name), "utf8"));
    const objects = rows.map((row): unknown => JSON.parse(good(row).payload));
    expect(objects.length).toBe(count);
    expect(Array.isArray(document) ? objects : objects[0]).toEqual(document);
  });

  it("reads back any array of objects, and refuses every beginning of it", async () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(objects, fc.nat(), async (rows, cut) => {
        const text = JSON.stringify(rows, null, 1);
        const read = await rowsOf(readJson, chunksOf(text, 64));
        expect(read.map((row): unknown => JSON.parse(good(row).payload))).toEqual(
          JSON.parse(text),
        );
        await expect(rowsOf(readJson, chunksOf(text.slice(0, cut % text.length), 64))).rejects.toMatchObject({ code: "invalid-row" });
      }),
    );
  });

  it("takes time in proportion to its length, on one line too", async () => {
    const time = async (rows: number): Promise<number> => {
      const text = `[${'{"a":1},'.repeat(rows)}{"a":1}]`;
      const start = performance.now();
      await rowsOf(readJson, chunksOf(text, text.length));
      return performance.now() - start;
    };
    await time(20_000);
    const short = await time(20_000);
    expect(await time(160_000)).toBeLessThan(Math.max(short, 5) * 8 * 4);
  });
});
