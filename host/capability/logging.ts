import type { Logging } from "../contract/capsule-world.ts";
import { LOG_LINES_PER_MESSAGE_MAX, LOG_LINE_LENGTH_MAX } from "../contract/limits.ts";
import { CALL_FUEL, type Transition } from "./transition.ts";

/**
 * Lets a capsule write lines for people. They are shown when the attempt is over, with what became of it: those of a failed
 * one too, because they say why it failed.
 */
export function logging(transition: Transition): Logging {
  return {
    log(level, context, message) {
      transition.charge(CALL_FUEL + context.length + message.length);
      if (!transition.isAllowed("log", level)) return;
      if (transition.lines.length === LOG_LINES_PER_MESSAGE_MAX) transition.linesLeftOut += 1;
      else transition.lines.push({ level, context: cut(context), message: cut(message) });
    },
  };
}

/** Copied, because a piece of a string may keep the whole of it in memory. */
function cut(text: string): string {
  if (text.length <= LOG_LINE_LENGTH_MAX) return text;
  return `${new TextDecoder().decode(new TextEncoder().encode(text.slice(0, LOG_LINE_LENGTH_MAX)))}…`;
}
