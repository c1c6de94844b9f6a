import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@bytecodealliance/jco";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { componentOf, ownWit } from "../fixture/component.ts";
import { command, objects } from "./command.ts";
import { Folder, moody } from "./fixture.ts";
import { dataset } from "./input/text.ts";

const COUNTER = join(".build", "capsules", "counter", "counter.wasm");
const COUNTER_GRANTS = ["--grant", "state", "--grant", "publish=counted.>", "--grant", "subscribe=readings.>"];
const WEATHER = dataset("weather.csv");

const folder = new Folder();
const files: Record<string, string> = {};
beforeAll(async () => {
  files["core"] = folder.write("core.wasm", await parse("(module)"));
  files["mute"] = folder.write("mute.wasm", await parse("(component)"));
  files["stranger"] = folder.write("stranger.wasm", await stranger());
  files["moody"] = folder.write("moody.wasm", await moody());
});
afterAll(() => folder.remove());

/** A capsule that imports two things that nobody offers. */
function stranger(): Promise<Uint8Array> {
  const wat = `(module
    (import "doteros:capsule/stat@0.1.0" "get" (func (param i32)))
    (import "demo:weather/forecast" "tomorrow" (func (result i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export "doteros:capsule/handler@0.1.0#handle") (param ${"i32 ".repeat(15)}) (result i32) (i32.const 0)))`;
  const world = `interface stat { get: func() -> string; }\nworld capsule {\n  import stat;\n  import demo:weather/forecast;`;
  const wit = `${ownWit().replace("world capsule {", world)}\npackage demo:weather { interface forecast { tomorrow: func() -> u32; } }`;
  return componentOf(wat, { wit });
}

/** Runs a command that fails, and answers with what it said; it must not be a stack. */
async function failure(words: readonly string[], code: number, input = ""): Promise<string> {
  const result = await command(words, input);
  expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(result.code).toBe(code);
  expect(result.stdout).toBe("");
  return result.stderr;
}

const run = (component: string, ...words: string[]): string[] => ["run", component, "--input", WEATHER, "--subject", "readings.{location}", ...words];

describe("a component that cannot be run", () => {
  it("is missing: says so, and which file was perhaps meant", async () => {
    const near = files["core"] ?? "";
    expect(await failure(run(near.replace("core.wasm", "croe.wasm")), 1)).toBe(
      `error[DW0062]: the component cannot be read: there is no such file\n    --> ${near.replace("core.wasm", "croe.wasm")}\n    help: did you mean ${near}?\n`,
    );
  });

  it("is a directory", async () => {
    expect(await failure(run(folder.path), 1)).toBe(`error[DW0062]: the component cannot be read: it is a directory\n    --> ${folder.path}\n`);
  });

  it("is not WebAssembly", async () => {
    const stderr = await failure(run(WEATHER), 1);
    expect(stderr).toContain("error[DW0001]: this is not WebAssembly");
    expect(stderr).toContain(`--> ${WEATHER}, byte 0`);
  });

  it("is a core module: says that it is one, and how to make it a component", async () => {
    const stderr = await failure(run(files["core"] ?? ""), 1);
    expect(stderr).toMatch(/^error\[DW0002\]: this is a core WebAssembly module, not a component$/m);
    expect(stderr).toMatch(/jco embed .*jco new .*wasm-tools component embed/);
  });

  it("is cut off, at any byte", async () => {
    const bytes = readFileSync(COUNTER);
    // Every place is tried where components are read; here, that the command line puts it in words.
    const cuts = [0, 3, 4, 7, 9, 100, 1_000, ...[0.25, 0.5, 0.75].map((part) => Math.floor(bytes.length * part)), bytes.length - 1];
    for (const cut of cuts) {
      const file = folder.write("cut.wasm", bytes.subarray(0, cut));
      expect(await failure(["inspect", file], 1), `cut at ${cut}`).toMatch(/^error\[DW000[1-4]\]: .+\n {4}--> .*cut\.wasm/);
    }
  });

  it("imports what nobody offers: all of it, with the nearest that is offered", async () => {
    const stderr = await failure(run(files["stranger"] ?? ""), 1);
    expect(stderr).toMatch(/^error\[DW0011\]: the component imports what this host does not offer:$/m);
    expect(stderr).toMatch(/^ +doteros:capsule\/stat@0\.1\.0 .*doteros:capsule\/state@0\.1\.0/m);
    expect(stderr).toMatch(/^ +demo:weather\/forecast/m);
  });

  it("exports no handler", async () => {
    const stderr = await failure(run(files["mute"] ?? ""), 1);
    expect(stderr).toContain("error[DW0013]: the component does not export doteros:capsule/handler@0.1.0");
  });

  it("asks for what it was not granted: all of it, each with its flag", async () => {
    expect(await failure(run(COUNTER, "--grant", "state"), 1)).toBe(
      [
        "error[DW0031]: counter asks for what it was not granted:",
        "      publish counted.>     --grant 'publish=counted.>'",
        "      subscribe readings.>  --grant 'subscribe=readings.>'",
        `    --> ${COUNTER}`,
        "    help: to grant all of it, add --grant 'publish=counted.>' --grant 'subscribe=readings.>'",
        "",
      ].join("\n"),
    );
  });

  it("is told with --json, too, as one object", async () => {
    const { code, stdout } = await command([...run(COUNTER), "--json"]);
    expect(code).toBe(1);
    expect(objects(stdout)).toMatchObject([{ type: "error", code: "not-granted", number: "DW0031", where: COUNTER }]);
  });
});

describe("a manifest that cannot be used", () => {
  it.each([
    ["is not YAML", "name: [\n", /DW0032\]: the manifest is not YAML: .*\n {4}--> .*bad\.yaml:2:1/],
    ["lacks what it needs", "name: x\n", /DW0032\]: the manifest is wrong: version is missing\n {4}--> .*bad\.yaml/],
    ["has a word too many", "name: x\nversion: 0.1.0\nsubscription: []\n", /subscription is not known; did you mean subscriptions\?/],
    ["is not about this component", "name: x\nversion: 0.1.0\n", /imports what its manifest does not ask for/],
  ])("%s", async (_, text, expected) => {
    const manifest = folder.write("bad.yaml", text);
    expect(await failure(run(files["moody"] ?? "", "--manifest", manifest), 1)).toMatch(expected);
  });

  it("is not there", async () => {
    expect(await failure(run(files["moody"] ?? "", "--manifest", "no/such.yaml"), 1)).toBe(
      "error[DW0062]: the manifest cannot be read: there is no such file\n    --> no/such.yaml\n",
    );
  });
});

describe("an input that cannot be read", () => {
  const on = (input: string, ...words: string[]): string[] => ["run", COUNTER, "--input", input, "--subject", "readings.{city}", ...COUNTER_GRANTS, ...words];

  it("is missing, a directory, or forbidden", async () => {
    expect(await failure(on("no-such.csv"), 1)).toBe("error[DW0062]: the input cannot be read: there is no such file\n    --> no-such.csv\n");
    expect(await failure(on(folder.path), 1)).toContain("error[DW0062]: the input cannot be read: it is a directory");
    const secret = folder.write("secret.csv", "city\nOslo\n");
    chmodSync(secret, 0o000);
    // Who may read everything can read this file, too.
    const { code, stderr } = await command(on(secret));
    const allowed = process.getuid?.() === 0;
    expect([code, stderr.includes("error[DW0062]: the input cannot be read: it may not be read")]).toEqual(allowed ? [0, false] : [1, true]);
  });

  it("has a header that cannot be used", async () => {
    const file = folder.write("twice.csv", "city,city\n1,2\n");
    expect(await failure(on(file), 1)).toContain(`error[DW0063]: two columns have the name "city"\n    --> ${file}:1`);
  });

  it("has a row that does not parse: the file and the line, and the rest goes on", async () => {
    const file = folder.write("rows.csv", 'city,n\nOslo,1\nLima\n"a"b,2\nRome,3\n');
    const { code, stdout, stderr } = await command(on(file));
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n").length).toBe(2);
    expect(stderr).toContain(`error[DW0063]: the row has 1 value, and the first row names 2 columns\n    --> ${file}:3\n`);
    expect(stderr).toContain(`error[DW0063]: the row has text between a closing quote and the next comma\n    --> ${file}:4\n`);
  });

  it("breaks off: what came before is handled and summed up", async () => {
    const file = folder.write("broken.json", '[{"city":"Oslo"},\n{"city":"Rome"},\n{"city":');
    const { code, stdout, stderr } = await command(on(file));
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n").length).toBe(2);
    expect(stderr).toContain(`error[DW0063]: the input ends before the array of rows does\n    --> ${file}:3`);
    expect(stderr).toMatch(/transitions +2 /);
    expect(stderr).toMatch(/^ended early: the input cannot be read further$/m);
  });

  it("lacks the column that --subject names: which there are, nearest first", async () => {
    expect(await failure(on(WEATHER, "--subject", "readings.{locaton}"), 2)).toBe(
      'error[DW0061]: the row has no column "locaton", which --subject names\n' +
        "    help: did you mean {location}? It has: location, date, precipitation, temp_max, temp_min, wind, weather\n",
    );
  });

  it("goes where nobody listens", async () => {
    expect(await failure(on(WEATHER, "--subject", "input"), 2)).toContain("error[DW0061]: the row goes to input, and counter listens on readings.>");
  });
});

describe("wrong usage", () => {
  it.each([
    [["rnu"], 'error[DW0061]: there is no command "rnu"\n    help: did you mean doteros-wasm run?\n'],
    [["--verison"], 'error[DW0061]: there is no option "--verison"\n    help: did you mean doteros-wasm --version?\n'],
    [["run", "x.wasm", "--inptu", "y"], "error[DW0061]: doteros-wasm run has no option --inptu\n    help: did you mean --input? See them all: doteros-wasm run --help\n"],
    [["inspect"], "error[DW0061]: inspect needs the file of a component\n    help: doteros-wasm inspect capsule.wasm\n"],
    [["inspect", "a", "b"], "error[DW0061]: inspect takes one component\n    help: doteros-wasm inspect capsule.wasm\n"],
  ])("%j", async (words, expected) => {
    expect(await failure(words, 2)).toBe(expected);
  });

  it("a grant that is none: what is wrong with each", async () => {
    const stderr = await failure(run(COUNTER, "--grant", "stat", "--grant", "publish"), 2);
    expect(stderr).toContain('"stat" names nothing that can be granted; did you mean state?');
    expect(stderr).toContain('"publish" does not say for which subjects; write it as publish=PATTERN');
  });

  it("a pattern to show that is none", async () => {
    expect(await failure(run(COUNTER, ...COUNTER_GRANTS, "--show", "a..b"), 2)).toContain('error[DW0061]: --show "a..b" has an empty token');
  });
});
