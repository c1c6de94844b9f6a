import { createReadStream } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatOfName, sniffFormat } from "../../../host/cli/input/format.ts";
import { chunksOf, dataset } from "./text.ts";

describe("telling the format of an input", () => {
  it.each([
    ["weather.csv", "csv"],
    ["a/b.NDJSON", "ndjson"],
    ["b.jsonl", "ndjson"],
    ["cars.json", "json"],
    ["data", undefined],
    ["data.tsv", undefined],
  ])("tells %s by its name", (name, format) => {
    expect(formatOfName(name)).toBe(format);
  });

  it.each([
    ["city,high\nOslo,1\n", "csv"],
    ['{"a":1}\n{"a":2}\n', "ndjson"],
    ['\uFEFF{"a":1}', "ndjson"],
    ['{\n"a":1}\n', "json"],
    [' \n [{"a":1}]', "json"],
    ["", "ndjson"],
  ])("tells %j by how it begins, and gives all of it back", async (text, format) => {
    for (const size of [1, 4, 1_000]) {
      const sniffed = await sniffFormat(chunksOf(text, size));
      const parts: Uint8Array[] = [];
      for await (const chunk of sniffed.chunks) parts.push(chunk);
      expect(sniffed.format).toBe(format);
      expect(Buffer.concat(parts).toString()).toBe(text);
    }
  });

  it.each([
    ["weather.csv", "csv"],
    ["movies.json", "json"],
    ["barley.json", "json"],
  ])("tells what %s holds", async (name, format) => {
    expect((await sniffFormat(createReadStream(dataset(name)))).format).toBe(format);
  });
});
