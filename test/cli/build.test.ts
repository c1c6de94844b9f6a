import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileComponent } from "../../host/component/index.ts";
import { command, objects } from "./command.ts";

const BUILD = join(import.meta.dirname, "..", "..", ".build");
const MANIFEST = `name: shout
version: 1.0.0
capabilities:
  state: true
  publish: [loud.>]
subscriptions: [words]
`;
const HANDLER = `import { Message, bytesOfU64, invalid, messaging, state, u64Of } from "doteros-wasm/sdk/assemblyscript";

export function handle(message: Message): void {
  const text = message.text();
  if (text == "bad") return invalid("a bad word");
  const before = state.get("count");
  const count = before === null ? 1 : u64Of(before) + 1;
  state.put("count", bytesOfU64(count));
  messaging.publish(Message.ofText("loud.word", count.toString() + " " + text.toUpperCase()));
}
`;

describe("doteros-wasm build", () => {
  let folder = "";

  beforeEach(async () => {
    await mkdir(BUILD, { recursive: true });
    folder = await mkdtemp(join(BUILD, "shout-"));
    await mkdir(join(folder, "assembly"));
    await writeFile(join(folder, "capsule.yaml"), MANIFEST);
    await writeFile(join(folder, "assembly", "index.ts"), HANDLER);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("makes a capsule that runs without its manifest beside it", async () => {
    const out = join(folder, "out.wasm");
    expect(await command(["build", folder, "--out", out])).toMatchObject({ code: 0, stderr: "" });
    await mkdir(join(folder, "elsewhere"));
    const moved = join(folder, "elsewhere", "shout.wasm");
    await copyFile(out, moved);
    const inspected = await command(["inspect", moved, "--json"]);
    expect(objects(inspected.stdout)).toMatchObject([{ name: "shout", version: "1.0.0", problems: [] }]);
    const input = join(folder, "words.ndjson");
    await writeFile(input, '{"word":"one"}\n{"word":"two"}\n');
    const grants = ["state", "publish=loud.>", "subscribe=words"].flatMap((grant) => ["--grant", grant]);
    const ran = await command(["run", moved, "--input", input, "--subject", "words", ...grants]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain("loud.word");
    expect(ran.stdout).toContain("ONE");
  }, 300_000);

  it("gives the same bytes for the same sources", async () => {
    const [one, two] = [join(folder, "one.wasm"), join(folder, "two.wasm")];
    const built = await Promise.all([one, two].map((file) => command(["build", folder, "--out", file, "--json"])));
    const [first, second] = built.map(({ stdout }) => objects(stdout)[0]?.["digest"]);
    expect(first).toMatch(/^[\da-f]{64}$/);
    expect(second).toBe(first);
    expect(await readFile(two)).toEqual(await readFile(one));
  }, 300_000);

  it("puts the policy inside, and has wasm-opt make it smaller, the same bytes each time", async () => {
    const policy = "package capsule\n\ndefault allow := false # grün\n";
    await writeFile(join(folder, "policy.rego"), policy);
    const files = ["plain", "one", "two"].map((name) => join(folder, `${name}.wasm`));
    const built = await Promise.all(files.map((file, index) => command(["build", folder, "--out", file, "--json", ...(index === 0 ? [] : ["--optimize", "size"])])));
    const [plain, one, two] = built.map(({ stdout }) => objects(stdout)[0] as { digest: string; coreBytes: number; compiledBytes: number; bytes: number });
    expect(two?.digest).toBe(one?.digest);
    expect(one?.coreBytes).toBeLessThan(plain?.coreBytes ?? 0);
    expect([plain?.compiledBytes, one?.compiledBytes]).toEqual([plain?.coreBytes, expect.any(Number)]);
    const { stdout } = await command(["inspect", files[1] ?? "", "--json"]);
    const sizes = objects(stdout)[0]?.["sizes"] as { customSections: { name: string }[] };
    expect(sizes.customSections.map(({ name }) => name)).toEqual(expect.arrayContaining(["doteros:manifest", "doteros:policy"]));
    expect((await readFile(files[1] ?? "")).includes(policy)).toBe(true);
  }, 300_000);

  it("gives a capsule that exports start the world it needs, and tells of what the compiler warns of", async () => {
    const starting = `${HANDLER}\nexport function start(): void { state.putText("started", "yes"); const at: i32 = changetype<usize>(HELLO); state.putText("at", at.toString()); }\nconst HELLO = "hello";\n`;
    await writeFile(join(folder, "assembly", "index.ts"), starting);
    const out = join(folder, "out.wasm");
    const built = await command(["build", folder, "--out", out]);
    expect(built).toMatchObject({ code: 0, stderr: expect.stringContaining("warning: assembly/index.ts:12:82: ") as unknown });
    const { stdout } = await command(["inspect", out, "--json"]);
    const names = ["doteros:capsule/starter@0.1.0", "doteros:capsule/handler@0.1.0"].map((name) => expect.objectContaining({ name }) as unknown);
    expect(objects(stdout)[0]?.["exports"]).toEqual(names);
  }, 300_000);

  it("builds a plug-in of a world of its own, with memory that is kept when it asks for it", async () => {
    await mkdir(join(folder, "wit"));
    await rm(join(folder, "capsule.yaml"));
    await writeFile(join(folder, "wit", "own.wit"), "package a:mine;\n/// Counts.\ninterface tally { add: func(word: string) -> string; }\nworld whatever { export tally; }\n");
    await writeFile(join(folder, "assembly", "tally.ts"), 'let all = new Array<string>();\nexport function add(word: string): string { all.push(word); return all.join(" "); }\n');
    const refused = await command(["build", folder]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("assembly/tally/all is not a constant") as unknown });
    const out = join(folder, "kept.wasm");
    expect(await command(["build", folder, "--memory", "kept", "--out", out])).toMatchObject({ code: 0, stderr: "" });
    const { exports } = await (await compileComponent(await readFile(out))).instantiate({});
    const { add } = exports["a:mine/tally"] as { add: (word: string) => string };
    for (let index = 0; index < 1000; index += 1) add("x");
    expect([add("ü"), add("z")]).toEqual([`${"x ".repeat(1000)}ü`, `${"x ".repeat(1000)}ü z`]);
    expect(await command(["build", folder, "--memory", "short"])).toMatchObject({ code: 2, stderr: expect.stringContaining("call, kept") as unknown });
  }, 300_000);

  it("says which line does not compile", async () => {
    await writeFile(join(folder, "assembly", "index.ts"), HANDLER.replace('get("count")', "get(5)"));
    const { code, stderr } = await command(["build", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain("assembly/index.ts:6:28: ");
  }, 300_000);

  it("refuses a manifest that is none, and a folder without sources", async () => {
    await writeFile(join(folder, "capsule.yaml"), "name: [");
    expect(await command(["build", folder])).toMatchObject({ code: 1, stderr: expect.stringContaining("capsule.yaml:") as unknown });
    expect(await command(["build", join(folder, "assembly")])).toMatchObject({ code: 1, stderr: expect.stringContaining("no sources") as unknown });
    expect(await command(["build"])).toMatchObject({ code: 2 });
  });
});
