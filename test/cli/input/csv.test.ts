import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../host/cli/input/csv.ts";
import { chunksOf, dataset, good, outcome, rowsOf, rowsOfDataset } from "./text.ts";

const outcomes = async (text: string | Uint8Array, size?: number): Promise<string[]> =>
  (await rowsOf(readCsv, chunksOf(text, size))).map(outcome);

describe("reading CSV", () => {
  it("makes an object of each row and keeps numbers as they are spelled", async () => {
    expect(await outcomes("city,high,note\nOslo,1.50,\nLima,-0.0,1e3\n")).toEqual([
      '2 {"city":"Oslo","high":1.50,"note":""}',
      '3 {"city":"Lima","high":-0.0,"note":1e3}',
    ]);
  });

  it("takes for a number only what JSON takes for one", async () => {
    const values = ["007", "+5", ".5", "5.", "0x10", "NaN", "1 000", "12345678901234567890"];
    const [row] = await rowsOf(readCsv, chunksOf(`${values.map((_, index) => `c${index}`).join(",")}\n${values.join(",")}\n`));
    expect(JSON.parse(good(row).payload)).toEqual(
      Object.fromEntries(values.map((value, index) => [`c${index}`, index === 7 ? 12345678901234567000 : value])),
    );
  });

  it("reads quoted commas, quotes and line ends, and counts lines past them", async () => {
    expect(await outcomes('a,b\n"x, y","he said ""hi"""\n"two\r\nlines",2\n\n3,4\n')).toEqual([
      '2 {"a":"x, y","b":"he said \\"hi\\""}',
      '3 {"a":"two\\r\\nlines","b":2}',
      '6 {"a":3,"b":4}',
    ]);
  });

  it("reads Windows line ends, a byte order mark and a last line without an end", async () => {
    expect(await outcomes("\uFEFFa,b\r\n1,2\r\n3,4", 1)).toEqual(['2 {"a":1,"b":2}', '3 {"a":3,"b":4}']);
  });

  it("names the line of a bad row and goes on with the next", async () => {
    expect(await outcomes('a,b\n1\n2,"x"y\n3,z"w\n4,5,6\n7,8\n')).toEqual([
      "2 bad: has 1 value, and the first row names 2 columns",
      "3 bad: has text between a closing quote and the next comma",
      "4 bad: has a quote in the middle of a value that does not start with one",
      "5 bad: has 3 values, and the first row names 2 columns",
      '6 {"a":7,"b":8}',
    ]);
  });

  it("lets a quote that never closes cost one line", async () => {
    expect(await outcomes('a,b\n1,"open\n2,3\n4,5\n')).toEqual([
      "2 bad: opens a quote and does not close it before the end of the input",
      '3 {"a":2,"b":3}',
      '4 {"a":4,"b":5}',
    ]);
  });

  it("gives up a quote that does not close within the limit of a row, and goes on after its line", async () => {
    const lines = "2,3333333333333333333333333333\n".repeat(50_000);
    const rows = await rowsOf(readCsv, chunksOf(`a,b\n1,"open\n${lines}`, 65_536));
    expect(rows.length).toBe(50_001);
    expect(rows[0]?.problem).toBe("opens a quote and does not close it within 1,048,576 bytes");
    expect(rows.at(-1)?.line).toBe(50_002);
  });

  it("gives up a row past the limit, and keeps only the limit's worth of it", async () => {
    const rows = await rowsOf(readCsv, chunksOf(`a,b\n1,${"x".repeat(3_000_000)}\n2,3\n`, 65_536));
    expect(rows.map((row) => row.problem)).toEqual(["is longer than 1,048,576 bytes", undefined]);
    expect(rows[0]).toMatchObject({ raw: { length: 1_048_576 } });
    expect(rows[1]?.line).toBe(3);
  });

  it("lets bytes that are not UTF-8 cost one row", async () => {
    const latin = Buffer.from("a\nM\xfcnchen\nOslo\n", "latin1");
    expect(await outcomes(latin)).toEqual(["2 bad: holds bytes that are not UTF-8", '3 {"a":"Oslo"}']);
  });

  it.each([
    ["", "the input is empty, where CSV starts with a row that names its columns", "input"],
    ["a,b,a\n1,2,3\n", 'two columns have the name "a"', "input:1"],
    ['\n"a\n1\n', "the row that names the columns opens a quote and does not close it before the end of the input", "input:2"],
  ])("refuses the header of %j", async (text, message, where) => {
    await expect(rowsOf(readCsv, chunksOf(text))).rejects.toMatchObject({ code: "invalid-row", message, where });
  });

  it.each([
    ["weather.csv", 2_922, "location"],
    ["stocks.csv", 560, "symbol"],
    ["species.csv", 12_360, "county_id"],
    ["birdstrikes.csv", 10_000, "Airport Name"],
    ["github.csv", 955, "time"],
  ])("reads all of %s", async (name, count, column) => {
    const rows = await rowsOfDataset(readCsv, name);
    expect(rows.filter((row) => row.problem !== undefined)).toEqual([]);
    expect(rows.length).toBe(count);
    for (const row of rows.map(good)) {
      const object = JSON.parse(row.payload) as Record<string, unknown>;
      expect(Object.keys(object)).toEqual(row.columns());
      expect([row.cell(column), Number(row.cell(column))]).toContain(object[column]);
    }
  });

  it("spells weather.csv as the file does", async () => {
    const lines = readFileSync(dataset("weather.csv"), "utf8").trimEnd().split("\n").slice(1);
    const rows = await rowsOfDataset(readCsv, "weather.csv");
    const back = rows.map(good).map((row) => row.columns().map((column) => row.cell(column)).join(","));
    expect(back).toEqual(lines);
    expect(good(rows[0]).payload).toBe(
      '{"location":"Seattle","date":"2012-01-01","precipitation":0.0,"temp_max":12.8,"temp_min":5.0,"wind":4.7,"weather":"drizzle"}',
    );
  });

  it("reads the same rows however the bytes arrive", async () => {
    const text = fc.stringMatching(/^[ab,"\n\r ü]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (body, size) => {
        const whole = await outcomes(`x,y\n${body}`, 1_000);
        expect(await outcomes(`x,y\n${body}`, size)).toEqual(whole);
      }),
    );
  });

  it("reads back what was written, quotes and all", async () => {
    const value = fc.string().filter((text) => text.trim() !== "");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1 }), async (rows) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = `left,right\n${rows.map((row) => row.map(quote).join(",")).join("\n")}\n`;
        const read = await rowsOf(readCsv, chunksOf(text));
        expect(read.map(good).map((row) => [row.cell("left"), row.cell("right")])).toEqual(rows);
      }),
    );
  });
});
