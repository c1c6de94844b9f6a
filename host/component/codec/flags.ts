import type { Codec } from "./codec.ts";
import { checkObject, propertyKey } from "./record.ts";
import { SCALARS } from "./scalar.ts";

/** Flags: an object with a boolean for each. */
export function flags(names: readonly string[]): Codec {
  const keys = names.map(propertyKey);
  const count = keys.length;
  const size = count <= 8 ? 1 : count <= 16 ? 2 : 4;
  const { load, store, lift, lower } = SCALARS[size === 1 ? "u8" : size === 2 ? "u16" : "s32"];
  const unpack = (bits: unknown): Record<string, boolean> => {
    const value: Record<string, boolean> = {};
    for (let at = 0; at < count; at++) value[keys[at] as string] = (((bits as number) >>> at) & 1) === 1;
    return value;
  };
  const pack = (value: unknown): number => {
    const object = checkObject(value);
    let bits = 0;
    for (let at = 0; at < count; at++) if (object[keys[at] as string]) bits |= 1 << at;
    return bits;
  };
  return {
    size,
    align: size,
    flat: ["i32"],
    load: (cx, pointer) => unpack(load(cx, pointer)),
    store: (cx, value, pointer) => store(cx, pack(value), pointer),
    lift: (cx, core, at) => unpack(lift(cx, core, at)),
    lower: (cx, value, core, at) => lower(cx, pack(value), core, at),
  };
}
