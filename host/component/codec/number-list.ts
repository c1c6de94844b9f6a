import type { Codec } from "./codec.ts";
import { countOf, pointed } from "./list.ts";

/** The typed arrays that lists of numbers lift to. */
type NumberArray =
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

type NumberArrayClass = new (buffer: ArrayBufferLike) => NumberArray;

const NUMBER_ARRAYS: ReadonlyMap<string, NumberArrayClass> = new Map<string, NumberArrayClass>([
  ["s8", Int8Array],
  ["u16", Uint16Array],
  ["s16", Int16Array],
  ["u32", Uint32Array],
  ["s32", Int32Array],
  ["u64", BigUint64Array],
  ["s64", BigInt64Array],
  ["f32", Float32Array],
  ["f64", Float64Array],
]);

/** A list of numbers, which lifts to a typed array and lowers from one or from any array of numbers. */
export function numberList(kind: string, element: Codec): Codec | undefined {
  const ArrayClass = NUMBER_ARRAYS.get(kind);
  if (ArrayClass === undefined) return undefined;
  const { size, align, store } = element;
  return pointed({
    size,
    align,
    plain: true,
    read: (cx, pointer, length) => {
      const numbers = new ArrayClass(cx.bytes.slice(pointer, pointer + length * size).buffer);
      if (numbers instanceof Float32Array || numbers instanceof Float64Array) canonicalizeNaN(numbers);
      return numbers;
    },
    count: countOf,
    write: (cx, value, pointer, length) => {
      if (value instanceof ArrayClass && kind !== "f32" && kind !== "f64") {
        cx.bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), pointer);
        return;
      }
      const numbers = value as ArrayLike<unknown>;
      for (let at = 0; at < length; at++) store(cx, numbers[at], pointer + at * size);
    },
  });
}

function canonicalizeNaN(numbers: Float32Array | Float64Array): void {
  for (let at = 0; at < numbers.length; at++) if (numbers[at] !== numbers[at]) numbers[at] = Number.NaN;
}
