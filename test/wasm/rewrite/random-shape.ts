export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
/** A type of numbers or vectors, as the binary format has it. */
export type ValueType = typeof I32 | typeof I64 | typeof F32 | typeof F64 | typeof V128;

/** The type of a function. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** What the functions of a random module may refer to. */
export interface ModuleShape {
  readonly functions: readonly Signature[];
  readonly imported: readonly Signature[];
  readonly importedFunctions: number;
  readonly types: readonly Signature[];
  /** The index of a type, which is added when it is new. */
  readonly typeOf: (type: Signature) => number;
  readonly tags: readonly Signature[];
  readonly hasTags: boolean;
  readonly vectors: boolean;
  readonly showNaN: boolean;
  readonly legacyExceptions: boolean;
  readonly modern: boolean;
  readonly globals: readonly ValueType[];
  readonly memories: number;
  /** Whether the second memory has addresses of 64 bits. */
  readonly wide: boolean;
  /** Whether memories and globals of numbers show all that it keeps. */
  readonly plain: boolean;
  /** The functions that a table begins with, and from which place on. */
  readonly elements: readonly number[];
  readonly elementBase: number;
}

/** Operations by what they answer, and what they take. */
export interface Operation {
  readonly code: readonly number[];
  readonly takes: readonly ValueType[];
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const each = (codes: readonly number[], ...takes: readonly ValueType[]): Operation[] => codes.map((code) => ({ code: [code], takes }));
const bulk = (codes: readonly number[], ...takes: readonly ValueType[]): Operation[] => codes.map((code) => ({ code: [0xfc, code], takes }));
const wide = (code: number): number[] => (code < 128 ? [0xfd, code] : [0xfd, (code & 0x7f) | 0x80, code >> 7]);
const vector = (codes: readonly number[], ...takes: readonly ValueType[]): Operation[] => codes.map((code) => ({ code: wide(code), takes }));

/** Operations that no operand makes trap. */
export const OPERATIONS: ReadonlyMap<ValueType, readonly Operation[]> = new Map<ValueType, readonly Operation[]>([
  [
    I32,
    [
      ...each([0x45, ...range(0x67, 0x69), 0xc0, 0xc1], I32),
      ...each([...range(0x46, 0x4f), ...range(0x6a, 0x6c), ...range(0x71, 0x78)], I32, I32),
      ...each([0x50, 0xa7], I64),
      ...each(range(0x51, 0x5a), I64, I64),
      ...each(range(0x5b, 0x60), F32, F32),
      ...each(range(0x61, 0x66), F64, F64),
      ...bulk([0, 1], F32),
      ...bulk([2, 3], F64),
    ],
  ],
  [
    I64,
    [
      ...each([...range(0x79, 0x7b), ...range(0xc2, 0xc4)], I64),
      ...each([...range(0x7c, 0x7e), ...range(0x83, 0x8a)], I64, I64),
      ...each([0xac, 0xad], I32),
      ...bulk([4, 5], F32),
      ...bulk([6, 7], F64),
    ],
  ],
  [F32, [...each(range(0x8b, 0x91), F32), ...each(range(0x92, 0x97), F32, F32), ...each([0xb2, 0xb3, 0xbe], I32), ...each([0xb4, 0xb5], I64), ...each([0xb6], F64)]],
  [F64, [...each(range(0x99, 0x9f), F64), ...each(range(0xa0, 0xa5), F64, F64), ...each([0xb7, 0xb8], I32), ...each([0xb9, 0xba, 0xbf], I64), ...each([0xbb], F32)]],
  [
    V128,
    [
      ...vector([15, 16, 17], I32),
      ...vector([18], I64),
      ...vector([19], F32),
      ...vector([20], F64),
      ...vector([77, 94, 95, 96, 97, 98, 103, 104, 105, 106, 116, 117, 122, ...range(124, 129), ...range(135, 138), 148, 160, 161, ...range(167, 170)], V128),
      ...vector([192, 193, ...range(199, 202), 224, 225, 227, 236, 237, 239, ...range(248, 255)], V128),
      ...vector([14, ...range(35, 76), ...range(78, 81), 101, 102, ...range(110, 115), ...range(118, 121), 123, 130, 133, 134, ...range(142, 147)], V128, V128),
      ...vector([149, ...range(150, 153), ...range(155, 159), 174, 177, ...range(181, 186), ...range(188, 191), 206, 209, 213, ...range(214, 223)], V128, V128),
      ...vector([...range(228, 235), ...range(240, 247)], V128, V128),
      ...vector([107, 108, 109, 139, 140, 141, 171, 172, 173, 203, 204, 205], V128, I32),
      ...vector([82], V128, V128, V128),
    ],
  ],
]);
/** Vector operations that answer numbers whatever a NaN looks like. */
export const VECTOR_TESTS: readonly Operation[] = vector([83, 99, 131, 163, 195], V128);

/** Operations that trap for some operands. */
export const RISKY: ReadonlyMap<ValueType, readonly Operation[]> = new Map<ValueType, readonly Operation[]>([
  [I32, [...each(range(0x6d, 0x70), I32, I32), ...each([0xa8, 0xa9], F32), ...each([0xaa, 0xab], F64)]],
  [I64, [...each(range(0x7f, 0x82), I64, I64), ...each([0xae, 0xaf], F32), ...each([0xb0, 0xb1], F64)]],
]);
