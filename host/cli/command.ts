import type { Arguments, OptionTable } from "./arguments.ts";
import type { Screen } from "./screen.ts";

/** One command of this command line. Every command takes `--help` and `--json` beside its own options. */
export interface Command {
  readonly name: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** What `--help` shows. */
  readonly help: string;
  readonly options: OptionTable;
  /**
   * Does the work and answers with the exit code.
   *
   * @throws DoterosError what went wrong; the caller shows it.
   */
  run(given: Arguments, screen: Screen): Promise<number>;
}
