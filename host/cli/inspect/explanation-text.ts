import type { Paint } from "../colour.ts";
import { errorText } from "../error-text.ts";
import { printable } from "../printable.ts";
import type { Inspection } from "./inspection.ts";

/** Which way the imports of a component go, as people read it. */
export function explanationText({ explanations, problems }: Inspection, paint: Paint): string {
  if (explanations.length === 0) return "it imports nothing";
  const blocks = explanations.map(({ import: name, functions, text }) => {
    const some = functions.length === 0 ? "" : ` ${functions.join(", ")}`;
    return `${paint("bold", printable(name))}${printable(some)}\n  ${printable(text)}`;
  });
  return [...blocks, ...problems.map((problem) => errorText(problem, paint))].join("\n\n");
}
