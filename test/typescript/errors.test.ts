import { join } from "node:path";
import { expect, it } from "vitest";
import { command, objects } from "../cli/command.ts";
import { inFolder } from "./building.ts";

const SDK = 'import { messaging, Message, state } from "doteros-wasm/sdk";\n';

it.each([
  ["a type error", "app.ts", `${SDK}export function handle(message: Message): void {\n  const size: string = message.payload.length;\n  state.putt("k", size);\n}\n`, [/app\.ts:3:9: TS2322: /, /app\.ts:4:9: TS2551: .*putt/]],
  ["a syntax error", "app.js", "export const handle = () => {\n  let b = ;\n};\n", [/app\.js:2:11: /]],
  ["a syntax error in TypeScript", "app.ts", "export const handle = () => {\n  let b = ;\n};\n", [/app\.ts:2:11: /]],
  ["a file that is not there", "app.js", 'import { a } from "./gone.js";\nexport const handle = a;\n', [/app\.js:1:19: .*gone\.js/]],
  ["Node", "app.js", 'import { readFileSync } from "node:fs";\nexport const handle = () => readFileSync("x");\n', [/app\.js:1:30: .*node:fs/, /a capsule has no Node/]],
  ["a name that the SDK does not have", "app.js", 'import { states } from "doteros-wasm/sdk";\nexport const handle = () => states();\n', [/app\.js:1:10: "states" is not exported by "doteros-wasm\/sdk"/]],
  ["an interface that there is not", "app.js", 'import { read } from "doteros:capsule/files@0.1.0";\nexport const handle = () => read();\n', [/doteros:capsule\/files@0\.1\.0/]],
  ["a capsule that handles nothing", "app.js", "export const other = 1;\n", [/does not export handle/, /export function handle/]],
  ["a handle that is none", "app.js", "export const handle = 5;\n", [/the export handle is not a function/]],
  ["a host function at the top level", "app.js", `${SDK}const k = state.get("k");\nexport const handle = () => state.put("k", k);\n`, [/calls the host: doteros:capsule\/state@0\.1\.0, get/, /the top level of its files runs while it is built/]],
  ["the time at the top level", "app.js", "const began = Date.now();\nexport const handle = () => began;\n", [/there is no clock/, /--> app\.js:1/]],
])("says where and what: %s", async (_, name, text, patterns) => {
  await inFolder({ [name]: text }, async (folder) => {
    const { code, stderr, stdout } = await command(["build", join(folder, name)]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    for (const pattern of patterns) expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/wasm function|node:internal|DW0099/);
  });
}, 60_000);

it("names what to install when the engine is not there", async () => {
  // A loader that does not find what it is told to lose stands for a project that did not install it.
  await inFolder({ "app.js": "export const handle = () => {};\n", "lose.mjs": LOSE }, async (folder) => {
    const { code, stderr } = await command(["build", join(folder, "app.js")], "", { NODE_OPTIONS: `--import ${join(folder, "lose.mjs")}` });
    expect(code).toBe(1);
    expect(stderr).toContain("npm install --save-dev componentize-qjs rolldown typescript");
  });
}, 60_000);

const LOSE = `import { register } from "node:module";
const hooks = 'export const resolve = (name, context, next) => name === "componentize-qjs" ? next("./not-installed.js", context) : next(name, context);';
register("data:text/javascript," + encodeURIComponent(hooks));
`;

it("takes a folder, and tells machines what it built", async () => {
  const manifest = "name: twice\nversion: 1.0.0\ncapabilities: { publish: [out] }\nsubscriptions: [in]\n";
  const source = `${SDK}export const handle = (message: Message): void => messaging.publish(Message.ofText("out", message.text().repeat(2)));\n`;
  await inFolder({ "capsule.yaml": manifest, "src/index.ts": source, "in.ndjson": '{"a":1}\n' }, async (folder) => {
    const out = join(folder, "twice.wasm");
    const built = await command(["build", folder, "--out", out, "--engine", "small", "--json"]);
    expect(built.stderr).toBe("");
    expect(objects(built.stdout)).toMatchObject([{ type: "built", file: out, typesChecked: true, digest: expect.stringMatching(/^[\da-f]{64}$/) as unknown }]);
    const ran = await command(["run", out, "--input", join(folder, "in.ndjson"), "--subject", "in", "--grant", "publish=out", "--grant", "subscribe=in"]);
    expect(ran.stdout).toContain('{"a":1}{"a":1}');
  });
}, 60_000);

it("refuses a language that there is not, and a folder without its sources", async () => {
  await inFolder({ "app.js": "" }, async (folder) => {
    expect(await command(["build", folder, "--language", "typescrip"])).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean typescript?") as unknown });
    expect(await command(["build", folder, "--language", "typescript"])).toMatchObject({ code: 1, stderr: expect.stringContaining("src/index.ts") as unknown });
    expect(await command(["build", join(folder, "gone.ts")])).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no such file") as unknown });
  });
});
