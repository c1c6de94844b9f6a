// What cases are checked with, where no test runner is.
import { DoterosError, type ErrorCode } from "../../host/contract/error.ts";

/** Throws when two values differ: kinds, prototypes of typed arrays, orders of arrays, and every part. */
export function equal(actual: unknown, expected: unknown): void {
  const where = difference(actual, expected, "");
  if (where !== undefined) throw new Error(`${where}\n  expected ${show(expected)}\n  and got  ${show(actual)}`);
}

/** Throws when something that has to be so is not. */
export function holds(claim: boolean, what: string): asserts claim {
  if (!claim) throw new Error(what);
}

/** The error that something is refused with, which must have that code, and a message that has all of `parts` in it. */
export async function refused(code: ErrorCode, run: () => unknown, ...parts: readonly string[]): Promise<DoterosError> {
  let error: unknown;
  try {
    await run();
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error(`it was not refused with ${code}`);
  if (!(error instanceof DoterosError)) throw new Error(`it was refused with ${error instanceof Error ? String(error) : typeof error}, and not with ${code}`, { cause: error });
  if (error.code !== code) throw new Error(`it was refused with ${error.code} and not with ${code}: ${error.message}`, { cause: error });
  for (const part of parts) holds(error.message.includes(part), `"${error.message}" does not say "${part}"`);
  return error;
}

/** Where two values differ, in words; undefined when they do not. */
function difference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const here = path === "" ? "the values differ" : `the values differ at ${path}`;
  if (!isObject(actual) || !isObject(expected)) return here;
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return `${here}, in kind`;
  const [a, b] = [partsOf(actual), partsOf(expected)];
  if (a.length !== b.length) return `${here}: ${b.length} parts are expected, and there are ${a.length}`;
  for (const [at, [name, value]] of a.entries()) {
    const [other, wanted] = b[at] ?? [];
    if (name !== other) return `${here}: ${String(name)} is where ${String(other)} is expected`;
    const found = difference(value, wanted, `${path}[${String(name)}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The parts of an object by name: those of records in the order of their names, those of maps as they come. */
function partsOf(value: object): [unknown, unknown][] {
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Set) return Array.from(value as Set<unknown>, (item, at) => [at, item]);
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function show(value: unknown): string {
  const seen = new Set<unknown>();
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (isObject(part) && seen.has(part)) return "(again)";
    if (isObject(part)) seen.add(part);
    if (ArrayBuffer.isView(part)) return `${part.constructor.name} ${Array.from(part as Uint8Array).join(" ")}`;
    if (part instanceof Map) return [...(part as Map<unknown, unknown>)];
    return part === undefined ? "(undefined)" : part;
  });
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
