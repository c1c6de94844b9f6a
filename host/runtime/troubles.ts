/** Errors kept for later: enough to see what is wrong. Those after them are only counted. */
const KEPT_MAX = 16;

/** Errors that happened where nobody was calling, until someone is. */
export class Troubles {
  #errors: unknown[] = [];
  #more = 0;

  add(error: unknown): void {
    if (this.#errors.length < KEPT_MAX) this.#errors.push(error);
    else this.#more += 1;
  }

  /** Throws what has happened since it was last asked: the error as it is, or all of them as an AggregateError. */
  tell(): void {
    const errors = this.#errors;
    const count = errors.length + this.#more;
    this.#errors = [];
    this.#more = 0;
    if (count === 0) return;
    if (count === 1) throw errors[0];
    const [first] = errors;
    const text = first instanceof Error ? first.message : String(first);
    throw new AggregateError(errors, `${count} errors, the first of which: ${text}`);
  }
}
