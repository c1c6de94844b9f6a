import type { Shared } from "../plan/runtime.ts";
import { type Fields, isArray, isNumber, isObject, kindOf, type RegoMap, RegoSet, type Value } from "../value/value.ts";

/** How a builtin says that it has no answer for these operands. It is no Error: most of the time nobody looks at it. */
export class Failure {
  readonly code: "eval_type_error" | "eval_builtin_error";
  readonly message: string;
  /** Whether the evaluation ends even where failing builtins are undefined. */
  readonly halts: boolean;

  constructor(message: string, code: "eval_type_error" | "eval_builtin_error" = "eval_builtin_error", halts = false) {
    this.message = message;
    this.code = code;
    this.halts = halts;
  }
}

/** What a builtin knows beside its operands: limits, the clock, what is kept for the evaluation. */
export type Context = Shared;

/** The function behind a builtin. Behind the operands it gets the context. */
export type Run = (...operands: never[]) => Value | undefined;

/** A builtin function. */
export interface Builtin {
  readonly arity: number;
  readonly run: Run;
  /** Its answers one by one, for those that have several. */
  readonly relation?: (operand: Value, context: Context, visit: (value: Value) => boolean) => boolean;
  readonly isRelation?: boolean;
  readonly isVoid?: boolean;
  /** Whether it asks for more than its operands: time, randomness, the runtime. */
  readonly readsOutside?: boolean;
  /** Reads annotations, when it answers what those say: then calls of it are constants. */
  readonly readAnnotation?: (text: string) => Fields;
}

/** Builtins by name. */
export type BuiltinTable = Readonly<Record<string, Builtin>>;

/** Builtins that belong together: how many operands each takes, the function, and what else is to be known of it. */
export type BuiltinFamily = Readonly<Record<string, readonly [arity: number, run: Run, traits?: Omit<Builtin, "arity" | "run">]>>;

/** One table of families; later ones win. */
export function tableOf(families: readonly BuiltinFamily[]): BuiltinTable {
  const known = tables.get(families) ?? join(families);
  tables.set(families, known);
  return known;
}

const tables = new WeakMap<readonly BuiltinFamily[], BuiltinTable>();

function join(families: readonly BuiltinFamily[]): BuiltinTable {
  const table: Record<string, Builtin> = Object.create(null) as Record<string, Builtin>;
  for (const family of families) for (const [name, [arity, run, traits]] of Object.entries(family)) table[name] = { ...traits, arity, run };
  return table;
}

/** The failure of an operand that is of the wrong kind. */
export function wrongKind(position: number, got: Value, ...wanted: readonly string[]): Failure {
  const list = wanted.length === 1 ? wanted[0] : `one of {${wanted.join(", ")}}`;
  return new Failure(`operand ${position} must be ${list} but got ${kindOf(got)}`, "eval_type_error");
}

/** The failure of an operand that holds something of the wrong kind. */
export function wrongElement(position: number, composite: Value, got: Value, ...wanted: readonly string[]): Failure {
  const kind = kindOf(composite);
  const list = wanted.length === 1 ? `${wanted[0]}s` : `(any of) {${wanted.join(", ")}}`;
  return new Failure(`operand ${position} must be ${kind} of ${list} but got ${kind} containing ${kindOf(got)}`, "eval_type_error");
}

/** The failure of an operand of the right kind and the wrong content. */
export function wrongOperand(position: number, what: string): Failure {
  return new Failure(`operand ${position} ${what}`, "eval_type_error");
}

export function asString(value: Value, position: number): string {
  if (typeof value === "string") return value;
  throw wrongKind(position, value, "string");
}

export function asNumber(value: Value, position: number): number | bigint {
  if (isNumber(value)) return value;
  throw wrongKind(position, value, "number");
}

/** A whole number that fits into a double. */
export function asInteger(value: Value, position: number): number {
  if (!isNumber(value)) throw wrongKind(position, value, "number");
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw wrongOperand(position, "must be integer number but got floating-point number");
}

export function asArray(value: Value, position: number): readonly Value[] {
  if (isArray(value)) return value;
  throw wrongKind(position, value, "array");
}

export function asSet(value: Value, position: number): RegoSet {
  if (value instanceof RegoSet) return value;
  throw wrongKind(position, value, "set");
}

export function asObject(value: Value, position: number): Fields | RegoMap {
  if (isObject(value)) return value;
  throw wrongKind(position, value, "object");
}

/** The items of an array or a set, in order. */
export function asItems(value: Value, position: number): readonly Value[] {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  throw wrongKind(position, value, "array", "set");
}

/** The strings of an array or a set. */
export function asStrings(value: Value, position: number): readonly string[] {
  return asItems(value, position).map((item) => {
    if (typeof item === "string") return item;
    throw wrongElement(position, value, item, "string");
  });
}
