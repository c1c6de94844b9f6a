import type { PendingLine, Transition } from "../capability/transition.ts";
import type { LogLine } from "../contract/log.ts";
import type { Surroundings } from "./surroundings.ts";

/** Shows the lines of an attempt that is over, and one more when there were too many to keep. */
export function showLines(transition: Transition, outcome: LogLine["outcome"], { log, report }: Surroundings): void {
  const { lines, linesLeftOut, identity, index, attempt } = transition;
  if (lines.length === 0) return;
  if (linesLeftOut > 0) lines.push({ level: "warn", context: "doteros", message: `${linesLeftOut} more lines were left out` });
  const show = (line: PendingLine): void => {
    try {
      log?.({ capsule: identity.name, ...line, index, attempt, outcome });
    } catch (error) {
      report(error);
    }
  };
  for (const line of lines) show(line);
  lines.length = 0;
  transition.linesLeftOut = 0;
}
