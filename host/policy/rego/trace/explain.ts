import { valueText } from "../value/text.ts";
import type { TraceEvent } from "./trace.ts";

/** What is shown of a trace: all of it; what did not hold, or the notes, each with the rules it happened in. */
export type Explanation = "full" | "fails" | "notes";

/** What of the variables of an expression that did not hold is shown, in characters. */
const LOCALS_LENGTH_MAX = 200;

/** A trace as lines of text, each with its place, and inside what it happened. See {@link Trace} for an example. */
export function explain(events: readonly TraceEvent[], what: Explanation): string[] {
  const shown = what === "full" ? events : filtered(events, what === "fails" ? "Fail" : "Note");
  const places = shown.map(({ file, row }) => `${file === "" ? "query" : file}:${row}`);
  const width = Math.max(0, ...places.map((place) => place.length));
  return shown.map(({ op, depth, text, locals }, at) => {
    const values = locals === undefined ? "" : `  ${cut(valueText(locals))}`;
    return `${(places[at] as string).padEnd(width)}  ${"| ".repeat(depth)}${op} ${text}${values}`;
  });
}

function cut(text: string): string {
  return text.length <= LOCALS_LENGTH_MAX ? text : `${text.slice(0, LOCALS_LENGTH_MAX).toWellFormed()}…`;
}

/** Events of one kind, and before them the rules that they happened in, each once. */
function filtered(events: readonly TraceEvent[], wanted: TraceEvent["op"]): TraceEvent[] {
  const shown: TraceEvent[] = [];
  /** The rules around, from the outside, that are not shown yet. */
  let around: TraceEvent[] = [];
  for (const event of events) {
    around = around.filter(({ depth }) => depth < event.depth);
    if (event.op === wanted) {
      shown.push(...around, event);
      around = [];
    } else if (event.op === "Enter") around.push(event);
  }
  return shown;
}
