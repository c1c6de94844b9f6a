/** Who is told what guests have done for them: they ask for it, and the instructions that ask are few. */
export interface Toll {
  /** So much is about to be done, in units of fuel. @throws what ends the guest */
  charge(fuel: number): void;
  /** The guests that are running are at their end, whatever they catch. */
  end(): void;
}

// What things cost, in units of fuel, which are about as many nanoseconds.
/** A call from one component to another, or to a built-in function. */
export const CROSSING_FUEL = 100;
/** The error case of a result of the host's: an error was made for it, and thrown. */
export const REFUSAL_FUEL = 5_000;
/** A byte of text that is read, or a code unit of one that is written. */
export const TEXT_FUEL = 2;
/** An element of a list that is not bytes or numbers, with the small values in it. */
export const ELEMENT_FUEL = 200;
/** What costs no more than this is in the price of the call that it belongs to, or of the element: short texts, few bytes. */
export const SMALL_FUEL = 64;
/** Four bytes that are copied. */
export const COPIED_BYTES_BITS = 2;
