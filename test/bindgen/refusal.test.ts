import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generateBindings } from "../../host/cli/bindgen/generate.ts";
import { plainWit, witText } from "../../host/cli/bindgen/wit-text.ts";
import { readWorld } from "../../host/cli/bindgen/world.ts";
import { command } from "../cli/command.ts";

const worldWith = (body: string): string => `package test:bad@1.0.0;\ninterface here { ${body} }\nworld bad { import here; }\n`;

describe("the generator refuses", () => {
  it.each([
    ["a stream", "record r { a: list<stream<u8>> } f: func(v: r);", "stream<u8>", "f, parameter v, field a"],
    ["a future", "f: func() -> option<future<u8>>;", "future<u8>", "f, result"],
    ["an async function", "f: async func();", "async", "f"],
  ])("%s, and says where it is", async (_, body, type, where) => {
    const world = await readWorld(plainWit(worldWith(body)), "bad");
    expect(() => generateBindings(world, "bad")).toThrow(
      expect.objectContaining({ code: "unsupported", message: expect.stringContaining(type) as unknown, where: `test:bad/here@1.0.0 ${where}` }),
    );
  });

  it.each([
    ["a sign that is missing", "world w {\n  import run func();\n}", "expected ';'", "a.wit:3:14"],
    ["a word that is none", "world w {\n  import }", "expected", "a.wit:3:10"],
    ["a package that has no name", "world w {}", "found keyword", "a.wit:1:11"],
    ["text after a line", "interface i {\n  /// Counts.\n  record r { a: u8 b: u8 }\n}\nworld w { import i; }", "expected", "a.wit:4:20"],
    ["a type that is not declared", "interface i {\n  f: func() -> option<thing>;\n}\nworld w { import i; }", "thing", "a.wit:3:23"],
    ["an interface that is not there", "interface thing { thin: func(); }\nworld w {\n  import thin;\n}", "thin", "a.wit:4:10"],
  ])("WIT with %s, and says where", async (_, body, reason, where) => {
    await expect(readWorld(plainWit(`package a:${body === "world w {}" ? "own" : "b"};\n${body}`, "a.wit"), "w")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(reason) as unknown,
      where,
    });
  });

  it("WIT of a dependency, by its own file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "wit-"));
    await mkdir(join(folder, "deps"));
    await writeFile(join(folder, "own.wit"), "package a:mine;\nworld w { import x:other/i; }\n");
    await writeFile(join(folder, "deps", "other.wit"), "// What others made.\npackage x:other;\ninterface i {\n  f: func(a u8);\n}\n");
    const found = await readWorld(await witText(folder), "w").catch((error: unknown) => error);
    await rm(folder, { recursive: true });
    expect(found).toMatchObject({ code: "invalid", where: `${join(folder, "deps", "other.wit")}:4:13` });
  });

  it("a folder without WIT, and a world that is not there", async () => {
    await expect(witText(join(import.meta.dirname, "..", "tidy"))).rejects.toMatchObject({ code: "unreadable-input" });
    const { code, stderr } = await command(["bindgen", "--wit", "wit", "--world", "capsul", "--out", ".build/never"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("did you mean capsule?")]);
    await expect(readWorld(plainWit("package a:b;\nworld one {}\nworld other {}"), "x")).rejects.toMatchObject({ help: "its worlds are: one, other" });
  });

  it("wrong usage with exit code 2", async () => {
    expect(await command(["bindgen", "--wit", "wit"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--world") as unknown });
  });
});
