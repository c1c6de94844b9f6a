import { PassThrough } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { askForPlan } from "../../host/cli/new/ask.ts";
import type { Choices } from "../../host/cli/new/plan.ts";

const ENTER = "\r";
const DOWN = "\u001B[B";
const INTERRUPT = "\u0003";

/** Answers the questions one after the other: each with the keys that it is given, as soon as it is asked. */
async function answering(given: Partial<Choices>, answers: readonly (readonly [question: string, keys: readonly string[]])[]): Promise<{ plan: Choices | undefined; screen: string }> {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 });
  let screen = "";
  output.on("data", (text) => (screen += stripVTControlCharacters(String(text))));
  const asked = askForPlan(given, { input, output });
  for (const [question, keys] of answers) {
    while (!screen.includes(question)) await wait(5);
    for (const key of keys) {
      input.write(key);
      await wait(20);
    }
  }
  return { plan: await asked, screen };
}

it("asks for what was not given, and takes the defaults", async () => {
  const { plan } = await answering({}, [["called", [ENTER]], ["write it in", [ENTER]], ["begin with", [ENTER]]]);
  expect(plan).toEqual({ name: "my-capsule", language: "typescript", template: "counter" });
});

it("takes what is typed and chosen, and asks again for a name that cannot be", async () => {
  const { plan, screen } = await answering({}, [["called", ["Till", ENTER, "\u007F\u007F\u007F\u007Ftill", ENTER]], ["write it in", [DOWN, ENTER]], ["begin with", [DOWN, DOWN, ENTER]]]);
  expect(screen).toContain("such as till");
  expect(plan).toEqual({ name: "till", language: "assemblyscript", template: "plugin" });
});

it("asks only what is missing", async () => {
  const { plan, screen } = await answering({ name: "till", template: "empty" }, [["write it in", [ENTER]]]);
  expect(plan).toEqual({ name: "till", language: "typescript", template: "empty" });
  expect(screen).not.toContain("called");
});

it.each([
  ["the first", [["called", [INTERRUPT]]]],
  ["the last", [["called", [ENTER]], ["write it in", [ENTER]], ["begin with", [INTERRUPT]]]],
] as const)("writes nothing when it is interrupted at %s question", async (_, answers) => {
  expect((await answering({}, answers)).plan).toBeUndefined();
});
