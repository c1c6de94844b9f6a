import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
  }, 60_000);

  it("gives the same bytes for the same sources", async () => {
    const [one, two] = [join(folder, "one.wasm"), join(folder, "two.wasm")];
    const built = await Promise.all([one, two].map((file) => command(["build", folder, "--out", file, "--json"])));
    const [first, second] = built.map(({ stdout }) => objects(stdout)[0]?.["digest"]);
    expect(first).toMatch(/^[\da-f]{64}$/);
    expect(second).toBe(first);
    expect(await readFile(two)).toEqual(await readFile(one));
  }, 60_000);

  it("says which line does not compile", async () => {
    await writeFile(join(folder, "assembly", "index.ts"), HANDLER.replace('get("count")', "get(5)"));
    const { code, stderr } = await command(["build", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain("assembly/index.ts:6:28: ");
  }, 60_000);

  it("refuses a manifest that is none, and a folder without sources", async () => {
    await writeFile(join(folder, "capsule.yaml"), "name: [");
    expect(await command(["build", folder])).toMatchObject({ code: 1, stderr: expect.stringContaining("capsule.yaml:") as unknown });
    expect(await command(["build", join(folder, "assembly")])).toMatchObject({ code: 1, stderr: expect.stringContaining("no sources") as unknown });
    expect(await command(["build"])).toMatchObject({ code: 2 });
  });
});
