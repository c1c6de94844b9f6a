const strict = new TextDecoder("utf-8", { fatal: true });
const INTEGER_BYTES = 8;
/** Bytes of a value that are shown when it is no text. */
const SHOWN_BYTES = 24;

/** A value as people read it, and what it is when it is no text. */
export interface Shown {
  readonly text: string;
  readonly note: string;
  /** Whether the bytes were taken for a number. */
  readonly isNumber?: boolean;
}

/** Bytes as text where they are text, as a number where they look like one, else in hexadecimal digits. */
export function shown(bytes: Uint8Array): Shown {
  if (bytes.length === 0) return { text: "", note: "empty" };
  const text = textOf(bytes);
  if (text !== undefined) return { text, note: "" };
  if (bytes.length === INTEGER_BYTES) {
    return { text: String(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)), note: "a number of 8 bytes", isNumber: true };
  }
  const digits = hex(bytes.subarray(0, SHOWN_BYTES));
  return { text: bytes.length > SHOWN_BYTES ? `${digits}…` : digits, note: `${bytes.length} bytes` };
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A number for people, a large one in words. */
export function amount(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toLocaleString("en", { maximumFractionDigits: 2 })} billion`;
  if (value >= 1e6) return `${(value / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} million`;
  return value.toLocaleString("en");
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toLocaleString("en", { maximumFractionDigits: 1 })} MiB`;
  return bytes >= 2 ** 10 ? `${(bytes / 2 ** 10).toLocaleString("en", { maximumFractionDigits: 1 })} KiB` : `${bytes} bytes`;
}

/** What an error says, with what to do next. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { help } = error as { readonly help?: string };
  return help === undefined ? error.message : `${error.message}. ${help[0]?.toUpperCase()}${help.slice(1)}.`;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = strict.decode(bytes);
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
