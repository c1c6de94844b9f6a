/** What fails without the system having said so: an error as Node's are. */
export class SystemFailure extends Error {
  /** As POSIX names it: `ENOENT`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The code of an error of the system's; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
