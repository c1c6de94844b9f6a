import { addressOf, textAt, wellFormed } from "./memory";

/** Why something did not happen: the cases of WIT's `fault`, in its order. */
export enum FaultKind {
  /** The operator did not grant it, or a policy refused it. */
  Denied,
  /** The arguments, or the message, can never be right. */
  Invalid,
  /** A limit was reached. */
  Limit,
  /** It failed for another reason. */
  Failed,
}

/** Why something did not happen, and the reason in words. */
export class Fault {
  constructor(
    public readonly kind: FaultKind,
    public readonly text: string,
  ) {}

  /** `denied: the reason`, for logs. */
  toString(): string {
    const name = this.kind == FaultKind.Denied ? "denied" : this.kind == FaultKind.Invalid ? "invalid" : this.kind == FaultKind.Limit ? "limit" : "failed";
    return name + ": " + this.text;
  }
}

// A fault is the outcome of the message until it is taken, and the host is asked nothing more: what came before it is
// undone, so whatever came after it would be for nothing. It lies where the host leaves the results of what it is asked
// and reads the handler's own: a `result<…, fault>`, with whether it is an error at 0, the fault's case at 4, its text
// at 8, the text's length at 12.
const CASE: usize = 4;
const TEXT: usize = 8;
const LENGTH: usize = 12;

/** Where host functions that may fault leave their results. */
@lazy export const ANSWER: usize = memory.data(16, 8);

/** True after a fault that nobody took: the message will fail with it. */
@inline
export function hasFault(): bool {
  return load<u8>(ANSWER) != 0;
}

/** The fault that the message would fail with, and from now on will not; null when there is none. */
export function takeFault(): Fault | null {
  if (!hasFault()) return null;
  store<u8>(ANSWER, 0);
  return new Fault(<FaultKind>load<u8>(ANSWER, CASE), textAt(load<usize>(ANSWER, TEXT), load<usize>(ANSWER, LENGTH)));
}

/** Makes `fault` the outcome of the message, unless it has one already. */
export function raise(fault: Fault): void {
  if (hasFault()) return;
  const text = wellFormed(fault.text);
  store<u8>(ANSWER, 1);
  store<u8>(ANSWER, <u8>fault.kind, CASE);
  store<usize>(ANSWER, addressOf(text), TEXT);
  store<usize>(ANSWER, text.length, LENGTH);
}

/** The message could not be handled, for this reason: `return fail("the disk is full")`. */
export function fail(reason: string): void {
  raise(new Fault(FaultKind.Failed, reason));
}

/** The message can never be handled, because it is wrong in this way: `return invalid("the field city is missing")`. */
export function invalid(reason: string): void {
  raise(new Fault(FaultKind.Invalid, reason));
}

/** Begins a message: no fault yet. */
export function beginOutcome(): void {
  store<u64>(ANSWER, 0);
}
