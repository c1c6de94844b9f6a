import { open, type FileHandle } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";
import { DoterosError } from "../../contract/error.ts";

/** Characters that may wait to be written before the next row does. */
const WAITING_LENGTH_MAX = 1_048_576;

/** The file that the decisions of a run go to, one on each line, after those that are there. */
export class DecisionFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #failed: () => void;
  #gathered = "";
  /** Why it takes no more. */
  #failure: DoterosError | undefined;
  #writing: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, failed: () => void) {
    this.#path = path;
    this.#handle = handle;
    this.#failed = failed;
  }

  /**
   * @param failed called when it takes no more
   * @throws DoterosError `unwritable-output`
   */
  static async open(path: string, failed: () => void): Promise<DecisionFile> {
    const handle = await open(path, "a").catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    return new DecisionFile(path, handle, failed);
  }

  add(line: string): void {
    if (this.#failure !== undefined) return;
    this.#gathered += `${line}\n`;
    this.#writing ??= this.#write();
  }

  /** Waits while more waits to be written than should. */
  async ready(): Promise<void> {
    if (this.#gathered.length > WAITING_LENGTH_MAX) await this.#writing;
  }

  /** Resolves when all that was added is written. @throws DoterosError `unwritable-output` */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Writes what is left, as far as that can be done. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    try {
      while (this.#gathered !== "") {
        // What else is decided in this turn goes with it.
        await turn();
        const text = this.#gathered;
        this.#gathered = "";
        await this.#handle.appendFile(text);
      }
    } catch (cause) {
      this.#failure = unwritable(this.#path, cause);
      this.#gathered = "";
      this.#failed();
    }
    this.#writing = undefined;
  }
}

function unwritable(path: string, cause: unknown): DoterosError {
  return new DoterosError("unwritable-output", `the decisions cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { where: path, cause });
}
