/**
 * Every way this package fails, by name. The number is what people search for; the name is what programs compare.
 * The list is closed: a new way to fail is a new line here.
 */
const NUMBERS = {
  // The bytes of a component.
  "not-wasm": 1,
  "core-module": 2,
  malformed: 3,
  invalid: 4,
  unsupported: 5,
  "limit-exceeded": 6,
  // Linking it to what it needs.
  "missing-import": 11,
  "wrong-import": 12,
  "missing-export": 13,
  "circular-link": 14,
  // Calling it.
  trap: 21,
  "wrong-value": 22,
  "fuel-exhausted": 23,
  "stack-exhausted": 24,
  "memory-exhausted": 25,
  "thread-lost": 26,
  "thread-silent": 27,
  // What the operator allows.
  "not-granted": 31,
  "invalid-manifest": 32,
  "invalid-grant": 33,
  "capsule-loaded": 34,
  // Messages and transitions.
  "invalid-subject": 41,
  "capsule-fault": 42,
  "mailbox-full": 43,
  "invalid-message": 44,
  timeout: 45,
  closed: 46,
  "invalid-cbor": 47,
  "invalid-json": 48,
  // Ledgers.
  "invalid-entry": 51,
  "invalid-note": 52,
  "invalid-key": 53,
  "invalid-proof": 54,
  "damaged-ledger": 55,
  // What is kept.
  "store-failed": 56,
  "store-in-use": 57,
  "store-damaged": 58,
  "store-version": 59,
  "not-kept": 60,
  "store-full": 65,
  "store-unavailable": 66,
  // The command line and its files.
  usage: 61,
  "unreadable-input": 62,
  "invalid-row": 63,
  "unwritable-output": 64,
  "port-unavailable": 67,
  // Policies.
  "invalid-policy": 71,
  "policy-failed": 72,
  "denied-by-policy": 73,
  // Ours: a bug in this package.
  internal: 99,
} as const;

/** The name of one way to fail. */
export type ErrorCode = keyof typeof NUMBERS;

/** What a {@link DoterosError} knows beside its message. */
export interface ErrorDetails {
  /** What to do next, as one sentence or one command. */
  readonly help?: string;
  /** Where in the input, in bytes from its start. */
  readonly offset?: number;
  /** Where, in the user's words: a file and line, the path of a value, the name of an import. */
  readonly where?: string;
  /** What was thrown underneath, when something was. */
  readonly cause?: unknown;
}

/**
 * The one error this package throws on purpose. `code` says which of the closed list it is, `message` what happened and
 * `help` what to do next.
 *
 * @example
 * ```ts
 * const error = new DoterosError("not-granted", "demo asks for state", { help: "add --grant state" });
 * error.code; // "not-granted"
 * error.number; // "DW0031"
 * String(error); // "error[DW0031]: demo asks for state"
 * ```
 */
export class DoterosError extends Error {
  readonly code: ErrorCode;
  readonly help: string | undefined;
  readonly offset: number | undefined;
  readonly where: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.help = details.help;
    this.offset = details.offset;
    this.where = details.where;
  }

  override get name(): string {
    return "DoterosError";
  }

  /** The code as people quote it: `DW` and four digits. */
  get number(): string {
    return `DW${String(NUMBERS[this.code]).padStart(4, "0")}`;
  }

  override toString(): string {
    return `error[${this.number}]: ${this.message}`;
  }

  /** The error as plain data, for `--json` and for logs. */
  toJSON(): { code: ErrorCode; number: string; message: string; help?: string; offset?: number; where?: string } {
    return {
      code: this.code,
      number: this.number,
      message: this.message,
      ...(this.help === undefined ? {} : { help: this.help }),
      ...(this.offset === undefined ? {} : { offset: this.offset }),
      ...(this.where === undefined ? {} : { where: this.where }),
    };
  }
}

/**
 * The error case of a WIT `result`, as an exception: an imported function throws it to answer `err(payload)`, and an
 * exported function that answers `err(payload)` throws it. The same convention as jco's, so that imports written for jco
 * work.
 *
 * @example
 * ```ts
 * const get = (key: string) => {
 *   if (key === "") throw new ComponentError({ tag: "invalid", val: "the key is empty" });
 *   return undefined;
 * };
 * ```
 */
export class ComponentError extends Error {
  readonly payload: unknown;

  constructor(payload: unknown) {
    super(`the call answered with an error: ${describe(payload)}`);
    this.payload = payload;
  }

  override get name(): string {
    return "ComponentError";
  }
}

function describe(payload: unknown): string {
  if (typeof payload === "string") return payload;
  if (typeof payload === "object" && payload !== null && "tag" in payload) {
    const { tag, val } = payload as { tag: unknown; val?: unknown };
    if (typeof tag === "string") return typeof val === "string" ? `${tag}: ${val}` : tag;
  }
  return typeof payload;
}
