import { styleText } from "node:util";

/** The few styles this command line uses. */
export type Style = "red" | "yellow" | "green" | "cyan" | "bold" | "dim";

/** Puts a style on text, or leaves it alone where colours have no place. */
export type Paint = (style: Style, text: string) => string;

/**
 * How to style what goes to `stream`: on terminals only, never with NO_COLOR, always with FORCE_COLOR (unless it is 0 or
 * false), which wins.
 */
export function paintFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  return wantsColour(stream, environment)
    ? (style, text) => (text === "" ? "" : styleText(style, text, { validateStream: false }))
    : (_style, text) => text;
}

function wantsColour(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  const never = environment["NO_COLOR"];
  if (never !== undefined && never !== "") return false;
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}
