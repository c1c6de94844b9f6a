import type { Message } from "../contract/message.ts";
import type { Entry } from "../ledger/entry.ts";

/** The first thing that a replay found to be otherwise than it is recorded. */
export interface Difference {
  /** The index of the entry. */
  readonly index: number;
  readonly capsule: string;
  /** What differs: `kind`, `writes`, `outputs`, `previous`, … */
  readonly field: string;
  /** Which key, for writes; which output, counted from 0. */
  readonly key: string | undefined;
  /** The values as text; undefined where there is none. */
  readonly recorded: string | undefined;
  readonly replayed: string | undefined;
}

/** How much of a value is shown, in characters. */
const SHOWN_LENGTH_MAX = 200;

/** Names the first difference between two entries whose bytes differ. */
export function differenceOf(index: number, recorded: Entry, replayed: Entry): Difference {
  const { capsule } = recorded;
  const told = (field: string, a: unknown, b: unknown, key?: string): Difference => ({ index, capsule, field, key, recorded: shown(a), replayed: shown(b) });
  if (recorded.kind !== replayed.kind) return told("kind", whatOf(recorded), whatOf(replayed));
  const other = replayed as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(recorded)) {
    if (shown(value, Number.MAX_SAFE_INTEGER) === shown(other[field], Number.MAX_SAFE_INTEGER)) continue;
    if (value instanceof Map && other[field] instanceof Map) return inMaps(told, field, value, other[field]);
    if (field === "outputs") return inLists(told, value as Message[], other[field] as Message[]);
    return told(field, value, other[field]);
  }
  return told("encoding", recorded, replayed);
}

type Tell = (field: string, a: unknown, b: unknown, key?: string) => Difference;

function inMaps(told: Tell, field: string, recorded: ReadonlyMap<string, unknown>, replayed: ReadonlyMap<string, unknown>): Difference {
  for (const key of new Set([...recorded.keys(), ...replayed.keys()])) {
    const [a, b] = [recorded.get(key), replayed.get(key)];
    if (shown(a, Number.MAX_SAFE_INTEGER) !== shown(b, Number.MAX_SAFE_INTEGER) || recorded.has(key) !== replayed.has(key)) return told(field, a, b, key);
  }
  return told(field, [...recorded.keys()], [...replayed.keys()], "the order of keys");
}

function inLists(told: Tell, recorded: readonly Message[], replayed: readonly Message[]): Difference {
  for (let at = 0; at < Math.max(recorded.length, replayed.length); at += 1) {
    const [a, b] = [recorded[at], replayed[at]];
    if (shown(a, Number.MAX_SAFE_INTEGER) !== shown(b, Number.MAX_SAFE_INTEGER)) return told("outputs", a, b, String(at));
  }
  return told("outputs", recorded, replayed);
}

function whatOf(entry: Entry): string {
  return entry.kind === "failure" ? `failure: ${entry.code}: ${entry.reason}` : entry.kind;
}

/** A value for people: bytes as text where they are, else in hexadecimal digits. */
function shown(value: unknown, most = SHOWN_LENGTH_MAX): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value, plain);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Map) return [...value];
  if (!(value instanceof Uint8Array)) return value;
  const text = new TextDecoder().decode(value);
  return /^[\x20-\x7e\s]*$/.test(text) ? text : `0x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
