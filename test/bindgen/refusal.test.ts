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

  it("WIT that does not parse, with the reason", async () => {
    await expect(readWorld(plainWit("package a:b;\nworld w { import }"), "w")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("expected") as unknown,
    });
  });

  it("a folder without WIT, and a world that is not there", async () => {
    await expect(witText(join(import.meta.dirname, "..", "tidy"))).rejects.toMatchObject({ code: "unreadable-input" });
    const { code, stderr } = await command(["bindgen", "--wit", "wit", "--world", "capsul", "--out", ".build/never"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("capsul")]);
  });

  it("wrong usage with exit code 2", async () => {
    expect(await command(["bindgen", "--wit", "wit"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--world") as unknown });
  });
});
