import { DoterosError } from "../../contract/error.ts";
import { AnswerReader } from "./answer-reader.ts";
import { AnswerWriter } from "./answer-writer.ts";

/** What came of a call of a function of the host's user: what it returned, the error it answered with, or why it failed. */
export interface Answer {
  readonly kind: "returned" | "error" | "failed";
  readonly value: unknown;
}

const KINDS: readonly Answer["kind"][] = ["returned", "error", "failed"];

/** An answer as CBOR: an array of its kind and its value. Another that says why, for one that no WIT type has. */
export function writeAnswer({ kind, value }: Answer): Uint8Array {
  const writer = new AnswerWriter();
  try {
    writer.value([KINDS.indexOf(kind), value], 0);
    return writer.take();
  } catch (error) {
    return writeAnswer({ kind: "failed", value: `it answered with what WIT has no type for: ${error instanceof Error ? error.message : String(error)}` });
  }
}

/** @throws DoterosError `invalid-entry` for what `writeAnswer` does not write */
export function readAnswer(bytes: Uint8Array): Answer {
  try {
    const [kind, value] = new AnswerReader(bytes).value() as [number, unknown];
    const named = KINDS[kind];
    if (named !== undefined) return { kind: named, value };
  } catch {
    // It goes on past the end.
  }
  throw new DoterosError("invalid-entry", "an answer of the host's is not one that was written");
}
