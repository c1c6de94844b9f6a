// What happens at a place of a function that the rewriter adds code for.

/** Instructions are charged from here on; the argument is the site. */
export const CHARGE = 1;
/** A call. */
export const CALL = 2;
/** The function is left. */
export const EXIT = 3;
/** The module gives up, or throws. */
export const TRAP = 4;
/** Goes to a label of a block. */
export const BRANCH = 5;
/** Goes to the label of the function. */
export const BRANCH_OUT = 6;
/** An `if`. The argument is 1 when what holds before it holds in each arm, and nothing else arrives behind it. */
export const IF = 7;
export const ELSE = 8;
/** The end of an `if`. The argument says of what arrives: {@link ARRIVES}, {@link PASSES}. */
export const END_IF = 9;
/** The end of another block, or of an arm of one. */
export const JOIN = 10;
/** An exception may have arrived here; not when the argument is 0. */
export const CAUGHT = 11;
/** The index of a global, which is another one now: the argument. */
export const RENUMBER = 12;
/** The result of the instruction before may be a NaN; the argument is its kind. */
export const NAN = 13;
/** An instruction whose length is on the stack; the argument is a sum of the flags below. */
export const LENGTH_BEFORE = 14;
/** A memory or a table that grows. The same argument. */
export const GROW_BEFORE = 15;
export const GROW_AFTER = 16;
/** Where the label of the function is. */
export const JOIN_OUT = 17;

/** The block's own end is reached. */
export const ARRIVES = 1;
/** The `if` has no other arm, and only its false edge arrives. */
export const PASSES = 2;

/** The length is 64 bits wide. */
export const WIDE = 1;
/** It counts bytes; otherwise it counts elements. */
export const BYTES = 2;
/** It counts pages. */
export const PAGES = 4;
/** It counts elements that hold references of a table or an element segment. */
export const REFERENCES = 8;

/** A site whose charge is followed by a look at what is left. */
const CHECKED = 1;

/** Where code is to be added to one function, in the order of the places; used again for the next function. */
export class FunctionPlan {
  /** Three numbers for each event: the place, the kind, the argument. */
  events = new Int32Array(3 * 256);
  #eventEnd = 0;
  /** By site, in units of fuel. */
  readonly costs: number[] = [];
  readonly #flags: number[] = [];
  /** Which kinds of NaN are looked for. */
  readonly floats = [false, false, false, false, false];
  hasCalls = false;
  hasTailCalls = false;
  /** Exceptions are caught: what a local holds may be lost on the way. */
  hasHandlers = false;
  /** The label of the function is gone to together with others. */
  mixesLabels = false;
  usesNarrow = false;
  usesWide = false;
  /** Parameters, locals and operands at the same time, at most. */
  slots = 0;
  /** How many locals the function declares. */
  locals = 0;

  /** How many numbers of {@link events} there are. */
  get eventEnd(): number {
    return this.#eventEnd;
  }

  reset(): void {
    this.#eventEnd = 0;
    this.costs.length = this.#flags.length = 0;
    this.floats.fill(false);
    this.hasCalls = this.hasTailCalls = this.hasHandlers = this.mixesLabels = this.usesNarrow = this.usesWide = false;
    this.slots = 0;
  }

  /** Adds an event. @returns which one it is */
  add(position: number, kind: number, argument: number): number {
    const at = this.#eventEnd;
    if (at + 3 > this.events.length) {
      const events = new Int32Array(this.events.length * 2);
      events.set(this.events);
      this.events = events;
    }
    this.events[at] = position;
    this.events[at + 1] = kind;
    this.events[at + 2] = argument;
    this.#eventEnd = at + 3;
    return at;
  }

  /** Gives an event another argument. */
  amend(event: number, argument: number): void {
    this.events[event + 2] = argument;
  }

  /** Starts a site of charge. @returns its number */
  addSite(position: number): number {
    const site = this.costs.length;
    this.costs.push(0);
    this.#flags.push(0);
    this.add(position, CHARGE, site);
    return site;
  }

  check(site: number): void {
    this.#flags[site] = CHECKED;
  }

  isChecked(site: number): boolean {
    return this.#flags[site] === CHECKED;
  }

  /** Charges at one site what another one has charged. */
  merge(site: number, into: number): void {
    this.costs[into] = (this.costs[into] as number) + (this.costs[site] as number);
    this.costs[site] = 0;
  }
}
