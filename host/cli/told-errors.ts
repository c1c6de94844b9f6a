import type { DoterosError } from "../contract/error.ts";
import { errorText } from "./error-text.ts";
import type { Screen } from "./screen.ts";

/** How many errors are shown in full; after them nobody reads on. */
const SHOWN_ERRORS_MAX = 20;

/** The errors of one piece of work, told on standard error: the first ones in full, of the rest that there are more. */
export class ToldErrors {
  readonly #screen: Screen;
  #count = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  tell(error: DoterosError): void {
    this.#count += 1;
    if (this.#count <= SHOWN_ERRORS_MAX) this.#screen.tell(errorText(error, this.#screen.paintError));
    else if (this.#count === SHOWN_ERRORS_MAX + 1) this.#screen.tell("more errors are counted, not shown; --json lists all of them");
  }
}
