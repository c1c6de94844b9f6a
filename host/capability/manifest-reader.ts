import { nearest } from "../contract/nearest.ts";
import { MANIFEST_ENTRIES_MAX, MANIFEST_TEXT_LENGTH_MAX } from "../contract/limits.ts";

/** Reads one value; answers undefined after it noted what is wrong with it. */
type Read<T> = (value: unknown, path: string) => T | undefined;

/** Reads plain data whose shape is known, and notes everything that is wrong with it instead of stopping at the first. */
export class ManifestReader {
  readonly problems: string[] = [];

  note(path: string, problem: string): undefined {
    this.problems.push(`${path === "" ? "it" : path} ${problem}`);
    return undefined;
  }

  /** An object with only these keys. */
  record(value: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
    const record = this.#object(value, path) ?? {};
    for (const key of Object.keys(record).filter((name) => !keys.includes(name))) {
      const near = nearest(key, keys);
      this.note(join(path, key), near === undefined ? `is not known; there is ${keys.join(", ")}` : `is not known; did you mean ${near}?`);
    }
    return record;
  }

  /** A text. */
  text(value: unknown, path: string): string | undefined {
    if (typeof value !== "string") return this.note(path, value === undefined ? "is missing" : `must be text, not ${kindOf(value)}`);
    return value.length > MANIFEST_TEXT_LENGTH_MAX ? this.note(path, `is longer than ${MANIFEST_TEXT_LENGTH_MAX} characters`) : value;
  }

  /** A whole number within bounds. */
  count(value: unknown, path: string, least: number, most: number): number | undefined {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    const found = typeof value === "number" ? String(value) : kindOf(value);
    return this.note(path, value === undefined ? "is missing" : `must be a whole number from ${least} to ${most}, not ${found}`);
  }

  /** A number within bounds, which need not be whole. */
  number(value: unknown, path: string, least: number, most: number): number | undefined {
    if (typeof value === "number" && value >= least && value <= most) return value;
    const found = typeof value === "number" ? String(value) : kindOf(value);
    return this.note(path, value === undefined ? "is missing" : `must be a number from ${least} to ${most}, not ${found}`);
  }

  /** `true`, and nothing else. */
  flag(value: unknown, path: string): true | undefined {
    return value === true ? true : this.note(path, `must be true, or be left out, not ${value === false ? "false" : kindOf(value)}`);
  }

  /** A list whose items are read by `read`. */
  list<T>(value: unknown, path: string, read: Read<T>): T[] {
    if (!Array.isArray(value)) {
      this.note(path, value === undefined ? "is missing" : `must be a list, not ${kindOf(value)}`);
      return [];
    }
    if (value.length > MANIFEST_ENTRIES_MAX) {
      this.note(path, `has more than ${MANIFEST_ENTRIES_MAX} entries`);
      return [];
    }
    return value.map((item: unknown, at) => read(item, `${path}[${at}]`)).filter((item) => item !== undefined);
  }

  /** A table of texts. */
  texts(value: unknown, path: string): Record<string, string> {
    const entries = Object.entries(this.#object(value, path) ?? {});
    if (entries.length > MANIFEST_ENTRIES_MAX) this.note(path, `has more than ${MANIFEST_ENTRIES_MAX} entries`);
    return Object.fromEntries(
      entries.slice(0, MANIFEST_ENTRIES_MAX).flatMap(([key, item]) => {
        const text = this.text(item, join(path, key));
        return text === undefined ? [] : [[key, text]];
      }),
    );
  }

  #object(value: unknown, path: string): Record<string, unknown> | undefined {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.note(path, value === undefined ? "is missing" : `must be a table of names and values, not ${kindOf(value)}`);
  }
}

function join(path: string, key: string): string {
  const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key.slice(0, 80));
  return path === "" ? name : `${path}.${name}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}
