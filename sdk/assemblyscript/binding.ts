// What generated bindings stand on. A program that a person writes has no need of it.

export { addressOf, allocate, arrayAt, endCall, loadText, storeText, textAt, wellFormed } from "./memory";

/** Keeps an object that the host holds a handle of. */
export class Held<T> {
  constructor(public readonly value: T) {}
}

class Loan {
  constructor(
    public handle: i32,
    public giveBack: (handle: i32) => void,
    public next: Loan | null,
  ) {}
}

let loans: Loan | null = null;

/** Notes a handle that the host lent for the length of a call. */
export function lend(handle: i32, giveBack: (handle: i32) => void): void {
  loans = new Loan(handle, giveBack, loans);
}

/** Gives back what was lent, as the canonical ABI wants it before the call returns. */
export function endLoans(): void {
  let loan = loans;
  loans = null;
  while (loan !== null) {
    loan.giveBack(loan.handle);
    loan = loan.next;
  }
}

/** Ends the call: a variant says it is a case that its type does not have. */
export function noCase(type: string): void {
  throw new Error("the variant " + type + " has no such case");
}

/** Ends the call: a variant is asked for what another of its cases holds. */
export function otherCase(type: string, asked: string): void {
  throw new Error("the variant " + type + " is asked for its " + asked + " and is another case");
}

/** Ends the call when a list of fixed length has another one. */
export function sameLength(has: i32, wanted: i32): void {
  if (has != wanted) throw new Error("a list of fixed length has " + has.toString() + " elements instead of " + wanted.toString());
}
