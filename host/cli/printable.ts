/** Characters that could steer a terminal or break a line: the control characters, and marks that turn writing around. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text that a stranger wrote, on one line and unable to steer the terminal: what does not print is spelled out as in
 * JSON, which leaves JSON text the same document.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The text cut to `length` characters, with `…` where something is missing. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
