import type { DoterosError } from "../contract/error.ts";

/** What stands for all words that engines have for one kind of trap: no finer than the coarsest of them tells kinds apart. */
const KINDS = {
  unreachable: "unreachable",
  division: "integer divide by zero",
  range: "a number is unrepresentable as an integer",
  call: "indirect call to null, or to a function of another type",
  bounds: "out of bounds of a memory or a table",
  null: "a reference is null",
  cast: "a reference is of another type",
} as const;

/** What is in the words of V8, JavaScriptCore and SpiderMonkey, and which kind that is; the first that is found counts. */
const FRAGMENTS: readonly (readonly [fragment: string, kind: keyof typeof KINDS])[] = [
  ["nreachable", "unreachable"],
  ["by zero", "division"],
  ["unrepresentable", "range"],
  ["nteger overflow", "range"],
  ["Trunc operation", "range"],
  ["conversion to integer", "range"],
  ["signature", "call"],
  ["null function", "call"],
  ["call to null", "call"],
  ["null table entry", "call"],
  ["of bounds", "bounds"],
  ["null", "null"],
  ["cast", "cast"],
];

/**
 * Why an engine says it trapped, in words that are the same for every engine. What no engine was known to say stays as it is.
 * No regular expressions: with the stack full the engine has no room to run one.
 */
export function commonWords(message: string): string {
  for (const [fragment, kind] of FRAGMENTS) if (message.includes(fragment)) return KINDS[kind];
  return message;
}

/**
 * The message of a trap in such words: it is written into the ledger as the reason of a failure, and goes into the dead letter,
 * and both are the same wherever a capsule runs. The guest's own last words stay.
 */
export function trapReason({ message, cause }: DoterosError): string {
  if (!(cause instanceof WebAssembly.RuntimeError) || !message.endsWith(cause.message)) return message;
  return `${message.slice(0, message.length - cause.message.length)}${commonWords(cause.message)}`;
}
