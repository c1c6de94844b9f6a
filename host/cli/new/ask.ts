import type { Readable, Writable } from "node:stream";
import { LANGUAGES } from "../javascript/source.ts";
import { nameProblem } from "./name.ts";
import { type Choices, LANGUAGE_HINTS, TEMPLATE_HINTS, TEMPLATES } from "./plan.ts";

/** What is asked when it was not typed. */
const NAME_DEFAULT = "my-capsule";

/** The terminal that questions are asked on. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Asks for the parts of a plan that are missing.
 *
 * @returns the plan; undefined when whoever was asked went away
 */
export async function askForPlan(given: Partial<Choices>, { input, output }: Terminal): Promise<Choices | undefined> {
  const { intro, isCancel, select, text } = await import("@clack/prompts");
  intro("a new capsule", { output });
  const name =
    given.name ??
    (await text({
      message: "What is it called?",
      placeholder: NAME_DEFAULT,
      defaultValue: NAME_DEFAULT,
      validate: (value) => problemText(value === undefined || value === "" ? NAME_DEFAULT : value),
      input,
      output,
    }));
  if (isCancel(name)) return undefined;
  const language =
    given.language ??
    (await select({
      message: "What will you write it in?",
      initialValue: "typescript" as const,
      options: ["typescript" as const, ...LANGUAGES.filter((value) => value !== "typescript")].map((value) => ({ value, label: value, hint: LANGUAGE_HINTS[value] })),
      input,
      output,
    }));
  if (isCancel(language)) return undefined;
  const template =
    given.template ??
    (await select({
      message: "What does it begin with?",
      options: TEMPLATES.map((value) => ({ value, label: value, hint: TEMPLATE_HINTS[value] })),
      input,
      output,
    }));
  return isCancel(template) ? undefined : { name, language, template };
}

function problemText(name: string): string | undefined {
  const problem = nameProblem(name);
  return problem === undefined ? undefined : `the name ${problem}`;
}
