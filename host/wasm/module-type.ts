/** A core value type by its text-format name, such as `i32` or `funcref`. */
export type CoreValueType = string;

/** A core function type. */
export interface CoreFunctionType {
  readonly kind: "func";
  readonly params: readonly CoreValueType[];
  readonly results: readonly CoreValueType[];
}

/** The bounds of a memory, in pages, or of a table, in elements. */
export interface Limits {
  readonly min: number;
  readonly max: number | undefined;
  readonly shared: boolean;
  /** Whether addresses are 64 bits wide. */
  readonly wide: boolean;
}

/** The type of something a core module imports or exports. */
export type CoreExtern =
  | CoreFunctionType
  | { readonly kind: "table"; readonly element: CoreValueType; readonly limits: Limits }
  | { readonly kind: "memory"; readonly limits: Limits; readonly pageBits: number }
  | { readonly kind: "global"; readonly type: CoreValueType; readonly mutable: boolean }
  | { readonly kind: "tag"; readonly type: CoreFunctionType };

/** What each instance of a core module takes before any of its code has run. */
export interface Reserved {
  readonly memoryBytes: number;
  readonly tableElements: number;
}

/** What a core module needs, by the two names of each import, and what it gives. */
export interface ModuleType {
  readonly kind: "module";
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, CoreExtern>>;
  readonly exports: ReadonlyMap<string, CoreExtern>;
  /** Undefined for a type that was only declared: what is behind it is not known. */
  readonly reserved?: Reserved;
}

/** Whether two core function types are the same. */
function sameCoreFunction(a: CoreFunctionType, b: CoreFunctionType): boolean {
  return sameNames(a.params, b.params) && sameNames(a.results, b.results);
}

/** Whether two lists of names, such as core types, are the same. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** Whether something of type `actual` may stand where `expected` is imported (core spec, import matching). */
export function matchesCore(actual: CoreExtern, expected: CoreExtern): boolean {
  switch (expected.kind) {
    case "func":
      return actual.kind === "func" && sameCoreFunction(actual, expected);
    case "table":
      return actual.kind === "table" && actual.element === expected.element && within(actual.limits, expected.limits);
    case "memory":
      return actual.kind === "memory" && actual.pageBits === expected.pageBits && within(actual.limits, expected.limits);
    case "global":
      return actual.kind === "global" && actual.type === expected.type && actual.mutable === expected.mutable;
    case "tag":
      return actual.kind === "tag" && sameCoreFunction(actual.type, expected.type);
  }
}

function within(actual: Limits, expected: Limits): boolean {
  if (actual.shared !== expected.shared || actual.wide !== expected.wide || actual.min < expected.min) return false;
  return expected.max === undefined || (actual.max !== undefined && actual.max <= expected.max);
}

/** A core type in words, for error messages: `func (i32, i32) -> (i32)`. */
export function describeCore(type: CoreExtern): string {
  switch (type.kind) {
    case "func":
      return `func (${type.params.join(", ")}) -> (${type.results.join(", ")})`;
    case "table":
      return `table of ${type.element}, ${type.limits.min} to ${type.limits.max ?? "any"}`;
    case "memory":
      return `memory of ${type.limits.min} to ${type.limits.max ?? "any"} pages`;
    case "global":
      return `${type.mutable ? "mutable " : ""}global ${type.type}`;
    case "tag":
      return `tag (${type.type.params.join(", ")})`;
  }
}
