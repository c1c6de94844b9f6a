// The engine ends the instance without a word when a value is not what WIT says; here it is an error that names it.

/** `value`, if it is a text; half a surrogate pair in it, which is no Unicode, becomes U+FFFD. @throws TypeError when it is none */
export function soundText(value: string, what: string): string {
  if (typeof value !== "string") throw new TypeError(`${what} must be a string, not ${nameOf(value)}`);
  return value.toWellFormed();
}

/** The same for a text that may be missing. @throws TypeError when it is neither */
export function soundOptional(value: string | null | undefined, what: string): string | undefined {
  return value === undefined || value === null ? undefined : soundText(value, what);
}

/** `value`, if it is bytes. @throws TypeError when it is not */
export function soundBytes(value: Uint8Array, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${what} must be a Uint8Array, not ${nameOf(value)}: see bytesOf(text)`);
  return value;
}

function nameOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
