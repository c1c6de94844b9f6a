import { expect, it } from "vitest";
import { ComponentError, compileComponent } from "../../host/component/index.ts";
import { builtCapsule } from "./built.ts";

// Somebody else's host: it knows the linker, the plug-in's world, and nothing of doteros.
interface Processor {
  commands(): string[];
  process(command: string, text: string): { text: string; words: Map<string, number> };
}

async function openPlugin() {
  const marks: unknown[] = [];
  const component = await compileComponent(builtCapsule("plugin"));
  const { exports } = await component.instantiate({
    "acme:editor/editor@1.0.0": {
      mark: (at: unknown, note: string) => void marks.push([at, note]),
      dictionary: () => ["blah", "bora"],
    },
  });
  return { component, marks, processor: exports["acme:editor/processor@1.0.0"] as Processor };
}

it("imports nothing but its editor", async () => {
  const { component, processor } = await openPlugin();
  expect(component.imports.map(({ name }) => name)).toEqual(["acme:editor/editor@1.0.0"]);
  expect(processor.commands()).toEqual(["tidy", "check"]);
});

it("tidies a text and counts its words", async () => {
  const { processor } = await openPlugin();
  const { text, words } = processor.process("tidy", "  Über   allen Gipfeln \n\nist Ruh,  über 🏔 ");
  expect(text).toBe("Über allen Gipfeln\n\nist Ruh, über 🏔");
  expect(words).toEqual(new Map([["über", 2], ["allen", 1], ["gipfeln", 1], ["ist", 1], ["ruh,", 1], ["🏔", 1]]));
});

it("marks what stands twice, unless the dictionary has it", async () => {
  const { processor, marks } = await openPlugin();
  processor.process("check", "a b\nthe the  blah blah the\nbora bora x x");
  expect(marks).toEqual([
    [{ line: 1, column: 4 }, "the stands twice"],
    [{ line: 2, column: 12 }, "x stands twice"],
  ]);
});

it("says what is wrong with a request", async () => {
  const { processor } = await openPlugin();
  const payloadOf = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return error instanceof ComponentError ? error.payload : error;
    }
  };
  expect(payloadOf(() => processor.process("erase", ""))).toEqual({ tag: "unknown-command", val: "erase" });
  expect(payloadOf(() => processor.process("tidy", "x".repeat(1_000_001)))).toMatchObject({ tag: "unsuitable" });
});
