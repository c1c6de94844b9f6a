// The table of the same work in each runtime: its figures are of the machine that wrote it, so only its shape is looked at.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RUNTIMES } from "./contract/runtimes.mjs";

const FILE = join(import.meta.dirname, "..", "benchmarks", "RUNTIMES.md");

it("benchmarks/RUNTIMES.md has a row for each runtime of the contract suite, with all figures", () => {
  const rows = readFileSync(FILE, "utf8").split("\n").filter((line) => /^\| [A-Z]/.test(line)).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  expect(rows.map(([name]) => name)).toEqual(Object.values(RUNTIMES).map(({ name }) => name));
  for (const [name, version = "", ...figures] of rows) {
    const areNumbers = figures.map((figure) => Number(figure.replaceAll(",", "")) > 0);
    expect([name, /^\d+\.\d/.test(version), ...areNumbers]).toEqual([name, true, true, true, true, true]);
  }
});
