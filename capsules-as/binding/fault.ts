import { addressOf, bytesOf, textAt } from "./text";

/** The cases of WIT's `fault`, in its order. */
export const enum FaultCase {
  Denied,
  Invalid,
  Limit,
  Failed,
}

/** Why something did not happen. Functions that can fail return one, or null when all went well. */
export class Fault {
  constructor(
    public readonly tag: FaultCase,
    public readonly text: string,
  ) {}
}

/** The fault of arguments that can never be right. */
export function invalid(text: string): Fault {
  return new Fault(FaultCase.Invalid, text);
}

/** The fault of work that could not be done for another reason. */
export function failed(text: string): Fault {
  return new Fault(FaultCase.Failed, text);
}

// A `result<…, fault>` in memory: whether it is an error at 0, the fault's case at 4, its text at 8, the length at 12.
const IS_ERROR: usize = 0;
const CASE: usize = 4;
const TEXT: usize = 8;
const TEXT_LENGTH: usize = 12;

/** Where imports leave their results; 16 bytes hold the largest of them. The next import overwrites it. */
@lazy export const ANSWER: usize = memory.data(16, 8);

@lazy const OUTCOME: usize = memory.data(16, 8);

/** The fault that an import left in `ANSWER`, or null. */
export function faultOfAnswer(): Fault | null {
  if (load<u8>(ANSWER, IS_ERROR) == 0) return null;
  return new Fault(load<u8>(ANSWER, CASE), textAt(load<usize>(ANSWER, TEXT), load<usize>(ANSWER, TEXT_LENGTH)));
}

/** What `handle` returns to the host for `fault`, or for null: ok. */
export function outcomeOf(fault: Fault | null): usize {
  if (fault === null) {
    store<u8>(OUTCOME, 0, IS_ERROR);
    return OUTCOME;
  }
  const text = bytesOf(fault.text);
  store<u8>(OUTCOME, 1, IS_ERROR);
  store<u8>(OUTCOME, <u8>fault.tag, CASE);
  store<usize>(OUTCOME, addressOf(text), TEXT);
  store<usize>(OUTCOME, text.byteLength, TEXT_LENGTH);
  return OUTCOME;
}
