import type { Database, PreparedStatement, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import { DoterosError } from "../../../contract/error.ts";

/** What is bound to a statement, and what a row has. */
export type Value = number | string | Uint8Array | null;

const VERSION_MIN = "3.43";

let loading: Promise<Sqlite3Static> | undefined;

/**
 * SQLite, loaded when the first store is opened.
 *
 * @throws DoterosError `unsupported` when it is not installed, or too old
 */
export async function loadSqlite(): Promise<Sqlite3Static> {
  loading ??= load();
  try {
    const sqlite = await loading;
    if (typeof sqlite.installOpfsSAHPoolVfs === "function") return sqlite;
  } catch (cause) {
    loading = undefined;
    throw cause;
  }
  throw new DoterosError("unsupported", "the package @sqlite.org/sqlite-wasm is too old", { help: INSTALL });
}

// Its newest versions are not what npm takes when none is named.
const INSTALL = `npm install @sqlite.org/sqlite-wasm@3.54.1-build1 (or any from ${VERSION_MIN} on)`;

/** What SQLite tells of the error that a file threw: its own code says only that one did. */
let lastFileError: unknown;

/** The error that a file threw last, since it was asked for last. */
export function takeFileError(): unknown {
  const error = lastFileError;
  lastFileError = undefined;
  return error;
}

async function load(): Promise<Sqlite3Static> {
  // Where SQLite looks for how it is to be set up: it says nothing on the console, and leaves out what needs isolation across origins.
  const config = {
    error: (...words: readonly unknown[]) => {
      lastFileError = words.at(-1);
    },
    warn: () => undefined,
    disable: { vfs: { opfs: true, "opfs-vfs": true, "opfs-wl": true, kvvfs: true } },
  };
  Object.assign(globalThis, { sqlite3ApiConfig: config });
  try {
    const { default: init } = await import("@sqlite.org/sqlite-wasm");
    return await init();
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("unsupported", `a store in a browser needs the package @sqlite.org/sqlite-wasm, and it cannot be loaded: ${what}`, {
      cause,
      help: `${INSTALL}; its file sqlite3.wasm must lie where the bundler puts it, and a policy of content must allow 'wasm-unsafe-eval'`,
    });
  }
}

/** The statements of a database, each made once. */
export class Statements {
  readonly #database: Database;
  readonly #made = new Map<string, PreparedStatement>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs a statement that answers nothing. */
  run(sql: string, ...values: readonly Value[]): void {
    const statement = this.#bound(sql, values);
    try {
      statement.step();
    } finally {
      statement.reset();
    }
  }

  /** The first column of the first row; undefined when there is no row. */
  value(sql: string, ...values: readonly Value[]): Value | undefined {
    const statement = this.#bound(sql, values);
    try {
      return statement.step() ? (statement.get(0) as Value) : undefined;
    } finally {
      statement.reset();
    }
  }

  /** All rows. */
  rows(sql: string, ...values: readonly Value[]): Value[][] {
    const statement = this.#bound(sql, values);
    try {
      const rows: Value[][] = [];
      while (statement.step()) rows.push(statement.get([]) as Value[]);
      return rows;
    } finally {
      statement.reset();
    }
  }

  /** Gives all statements back: a database with open ones cannot be closed. */
  close(): void {
    for (const statement of this.#made.values()) statement.finalize();
    this.#made.clear();
    this.#database.close();
  }

  #bound(sql: string, values: readonly Value[]): PreparedStatement {
    let statement = this.#made.get(sql);
    if (statement === undefined) this.#made.set(sql, (statement = this.#database.prepare(sql)));
    for (let at = 0; at < values.length; at += 1) statement.bind(at + 1, values[at] as Value);
    return statement;
  }
}
