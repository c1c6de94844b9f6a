import { describe, expect, it } from "vitest";
import { readArguments } from "../../host/cli/arguments.ts";
import { readRunOptions, RUN_OPTIONS, type RunOptions } from "../../host/cli/run/options.ts";

const run = (...words: string[]): RunOptions => readRunOptions(readArguments("doteros-wasm run", words, { ...RUN_OPTIONS, json: { type: "boolean" } }));
const refusal = (message: string, help?: string): unknown =>
  expect.objectContaining({ code: "usage", message, ...(help === undefined ? {} : { help }) });

describe("the arguments of run", () => {
  it("may stand in any order, as --name value or --name=value", () => {
    const options = run("--input", "-", "c.wasm", "--grant=state", "--grant", "publish=alerts.>", "--config", "a=b=c", "--timeout", "1.5");
    expect(options).toMatchObject({
      component: "c.wasm",
      input: "-",
      grants: ["state", "publish=alerts.>"],
      config: { a: "b=c" },
      timeoutSeconds: 1.5,
      onError: "dead-letter",
      json: false,
    });
    expect(options.subject.columns).toEqual([]);
  });

  it.each([
    [["c.wasm"], "run needs an input", "add --input FILE, or --input - for standard input"],
    [[], "run needs the file of a component", undefined],
    [["c.wasm", "d.csv"], 'run takes one component, and "d.csv" is a second', "put what it reads after --input"],
    [["c.wasm", "--inptu", "x"], "doteros-wasm run has no option --inptu", "did you mean --input? See them all: doteros-wasm run --help"],
    [["c.wasm", "-x"], "doteros-wasm run has no option -x", "see them all: doteros-wasm run --help"],
    [["c.wasm", "--input"], "Option '--input <value>' argument missing", "see how it is used: doteros-wasm run --help"],
    [["c.wasm", "--quiet=1"], "Option '--quiet' does not take an argument", undefined],
    [["c.wasm", "--input", "x", "--format", "cvs"], '--format cannot be "cvs"', "did you mean csv? It is one of: csv, ndjson, json"],
    [["c.wasm", "--input", "x", "--on-error", "explode"], '--on-error cannot be "explode"', "It is one of: stop, skip, dead-letter"],
    [["c.wasm", "--input", "x", "--config", "key"], '--config "key" has no value', "write it as KEY=VALUE"],
    [["c.wasm", "--input", "x", "--config", "=v"], '--config "=v" has no value', undefined],
    [["c.wasm", "--input", "x", "--timeout", "0"], '--timeout cannot be "0"', undefined],
    [["c.wasm", "--input", "x", "--timeout", "1e9"], '--timeout cannot be "1e9"', undefined],
    [["c.wasm", "--input", "x", "--timeout", "9999999"], '--timeout cannot be "9999999"', undefined],
  ])("refuses %j", (words, message, help) => {
    expect(() => run(...words)).toThrow(refusal(message, help));
  });
});
