import type { Writable } from "node:stream";
import { printable } from "./printable.ts";
import { paintFor, type Paint } from "./colour.ts";

/** Characters gathered before they are written, so that a line does not cost a system call. */
const GATHERED_CHARACTERS_MAX = 32_768;

/** An output stream of a process, which may be a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Standard output and standard error as one place to write to. Results go to the first, everything told about them to the
 * second; a status line is the last thing on the terminal, when there is one, and gives way to whatever is written.
 */
export class Screen {
  readonly paint: Paint;
  readonly paintError: Paint;
  /** True once standard output takes no more. */
  closed = false;
  /** Why it takes no more, unless its reader just went away. */
  failure: Error | undefined;
  /** Called when standard output takes no more. */
  onClose: (() => void) | undefined;
  readonly #out: OutputStream;
  readonly #err: OutputStream;
  #gathered = "";
  #scheduled = false;
  /** Those who wait until what is gathered is written. */
  #waiting: (() => void)[] = [];
  #status = "";

  constructor(out: OutputStream, err: OutputStream, environment: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#err = err;
    this.paint = paintFor(out, environment);
    this.paintError = paintFor(err, environment);
    out.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") this.failure ??= error;
      this.closed = true;
      this.onClose?.();
    });
    // Without standard error there is nobody left to tell.
    err.on("error", () => {});
  }

  /** True when a status line can be shown. */
  get canShowStatus(): boolean {
    return this.#err.isTTY === true;
  }

  /** How many characters fit on a line of the terminal. */
  get width(): number {
    const { columns = 0 } = this.#err;
    return columns > 0 ? columns : 80;
  }

  /** Writes a line of results to standard output. */
  print(line: string): void {
    if (this.closed) return;
    this.#gathered += `${line}\n`;
    if (this.#gathered.length >= GATHERED_CHARACTERS_MAX) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  /** Writes a result to standard output as it is: every byte of it, but on a terminal, which it could steer. */
  write(result: Uint8Array): void {
    this.#flush();
    if (result.length === 0 || this.closed) return;
    if (this.#out.isTTY !== true) this.#out.write(result);
    else this.print(new TextDecoder().decode(result).replace(/\n$/, "").split("\n").map(printable).join("\n"));
  }

  /** Writes a line about the results to standard error. */
  tell(line: string): void {
    this.#flush();
    this.showStatus("");
    this.#err.write(`${line}\n`);
  }

  /** Shows the status line until something is written, or takes it away when it is empty. */
  showStatus(line: string): void {
    if (!this.canShowStatus || line === this.#status) return;
    this.#err.write(`\r\u001b[2K${line}`);
    this.#status = line;
  }

  /** Waits while standard output has more waiting than it wants. */
  async ready(): Promise<void> {
    if (!this.closed && this.#out.writableNeedDrain) await this.#written();
  }

  /** Resolves when what was printed so far is written, or cannot be. */
  written(): Promise<void> {
    if (this.#gathered === "" || this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Writes what is gathered and waits until all of it is gone. */
  async finish(): Promise<void> {
    this.showStatus("");
    this.#flush();
    if (!this.closed) await this.#written();
  }

  #flush(): void {
    if (this.#gathered === "" || this.closed) return;
    const text = this.#gathered;
    const waiting = this.#waiting;
    this.#gathered = "";
    this.#waiting = [];
    if (this.#out.isTTY === true) this.showStatus("");
    this.#out.write(text, () => {
      for (const resolve of waiting) resolve();
    });
  }

  /** Waits until everything written so far is gone, or cannot be. */
  async #written(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#out.write("", () => resolve());
    });
  }
}
