/** A row on its way through the host. */
interface Sent {
  readonly line: number;
  readonly subject: string;
  readonly payload: string;
}

/**
 * The rows that were sent last, in order, to find out which one a message was. Messages come back in the order they were
 * sent, so everything before the one that is found is forgotten.
 */
export class InFlight {
  readonly #most: number;
  #rows: Sent[] = [];
  #first = 0;

  /** @param most How many rows are remembered: more than can be waiting anywhere. */
  constructor(most: number) {
    this.#most = most;
  }

  add(line: number, subject: string, payload: string): void {
    this.#rows.push({ line, subject, payload });
    if (this.#rows.length - this.#first > this.#most) this.#first += 1;
    if (this.#first > this.#most) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The line of the oldest row that was this message, which is then gone from here; undefined when none was. */
  take(subject: string, payload: string): number | undefined {
    for (let at = this.#first; at < this.#rows.length; at += 1) {
      const row = this.#rows[at];
      if (row?.subject !== subject || row.payload !== payload) continue;
      this.#first = at + 1;
      return row.line;
    }
    return undefined;
  }
}
