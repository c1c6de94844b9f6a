import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNdjson } from "../../../host/cli/input/ndjson.ts";
import { chunksOf, dataset, good, outcome, rowsOf } from "./text.ts";

const outcomes = async (text: string | Uint8Array, size?: number): Promise<string[]> =>
  (await rowsOf(readNdjson, chunksOf(text, size))).map(outcome);

describe("reading NDJSON", () => {
  it("passes each line on as it is, and passes over blank ones", async () => {
    expect(await outcomes('{"a": 1.0}\r\n\n  {"a":12345678901234567890}  \n{"b":null}')).toEqual([
      '1 {"a": 1.0}',
      '3 {"a":12345678901234567890}',
      '4 {"b":null}',
    ]);
  });

  it("names the line of what is not an object and goes on with the next", async () => {
    const bad = await outcomes('{"a":1}\n{"a":\n[1]\n7\nnull\n{"a":2}\n');
    expect(bad[1]).toMatch(/^2 bad: is not JSON: /);
    expect(bad.slice(2)).toEqual([
      "3 bad: holds an array, and a row is an object",
      "4 bad: holds a number, and a row is an object",
      "5 bad: holds null, and a row is an object",
      '6 {"a":2}',
    ]);
  });

  it("lets bytes that are not UTF-8 cost one line", async () => {
    const bytes = Buffer.from('{"a":"\xfc"}\n{"a":"u"}\n', "latin1");
    expect(await outcomes(bytes, 3)).toEqual(["1 bad: holds bytes that are not UTF-8", '2 {"a":"u"}']);
  });

  it("takes a line with a quote that is not closed for one line", async () => {
    expect((await outcomes('{"a":"x\n{"a":2}\n'))[1]).toBe('2 {"a":2}');
  });

  it("gives a column only when the object has it of its own", async () => {
    const [row] = await rowsOf(readNdjson, chunksOf('{"a":1,"__proto__":2}'));
    expect(["a", "__proto__", "toString"].map((column) => good(row).cell(column))).toEqual([1, 2, undefined]);
  });

  it("reads movies.json once it has a film on each line", async () => {
    const movies = JSON.parse(readFileSync(dataset("movies.json"), "utf8")) as unknown[];
    const lines = movies.map((movie) => JSON.stringify(movie));
    const rows = await rowsOf(readNdjson, chunksOf(`${lines.join("\n")}\n`, 65_536));
    expect(rows.map((row) => good(row).payload)).toEqual(lines);
    expect(rows.length).toBe(3_201);
  });
});
