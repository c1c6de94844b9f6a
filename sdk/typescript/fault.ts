/** The kinds of {@link Fault}, as WIT's `fault` has them. */
export type FaultKind = "denied" | "invalid" | "limit" | "failed";

/**
 * Why something did not happen. A host function that was refused throws one; a capsule throws one to fail its message,
 * which undoes all it wrote and sent. Who can cope with a refusal catches it.
 */
export class Fault extends Error {
  /** What kind of reason it is: not allowed, never right, a limit, or another. */
  readonly kind: FaultKind;

  /** @param text the reason in words */
  constructor(kind: FaultKind, text: string) {
    super(text);
    this.kind = kind;
  }

  override get name(): string {
    return "Fault";
  }

  /** `denied: the reason`, for logs. */
  override toString(): string {
    return `${this.kind}: ${this.message}`;
  }
}

/**
 * The message could not be handled, for this reason: `return fail("the disk is full")`.
 *
 * @throws Fault `failed`, always
 */
export function fail(reason: string): never {
  throw new Fault("failed", reason);
}

/**
 * The message can never be handled, because it is wrong in this way: `return invalid("the field city is missing")`.
 *
 * @throws Fault `invalid`, always
 */
export function invalid(reason: string): never {
  throw new Fault("invalid", reason);
}

/** What a host function answered. @throws Fault when it was refused */
export function answerOf<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw faultIn(error) ?? error;
  }
}

/** The fault that a host function threw, or that was thrown as WIT has it; undefined for any other error. */
export function faultIn(error: unknown): Fault | undefined {
  const payload = (error as { payload?: unknown } | null | undefined)?.payload ?? error;
  const fault = payload as { tag?: unknown; val?: unknown } | null | undefined;
  return isKind(fault?.tag) && typeof fault.val === "string" ? new Fault(fault.tag, fault.val) : undefined;
}

function isKind(tag: unknown): tag is FaultKind {
  return tag === "denied" || tag === "invalid" || tag === "limit" || tag === "failed";
}
