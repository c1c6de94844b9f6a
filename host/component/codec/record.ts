import type { Layout } from "../layout.ts";
import { wrongValue } from "../trap.ts";
import type { Codec } from "./codec.ts";
import { members, places } from "./members.ts";

/** A record: an object with a property for each field. */
export function record(names: readonly string[], fields: readonly Codec[], { size, align, flat }: Layout): Codec {
  const { offsets, starts } = places(fields);
  const keys = names.map(propertyKey);
  const count = keys.length;
  const build = objectBuilder(keys);
  const take = objectReader(keys);
  const values: unknown[] = keys.map(() => undefined);
  return {
    size,
    align,
    flat,
    load: (cx, pointer) => {
      for (let at = 0; at < count; at++) values[at] = (fields[at] as Codec).load(cx, pointer + (offsets[at] as number));
      return build(values);
    },
    store: (cx, value, pointer) => {
      take(checkObject(value), values);
      for (let at = 0; at < count; at++) (fields[at] as Codec).store(cx, values[at], pointer + (offsets[at] as number));
    },
    lift: (cx, core, start) => {
      for (let at = 0; at < count; at++) values[at] = (fields[at] as Codec).lift(cx, core, start + (starts[at] as number));
      return build(values);
    },
    lower: (cx, value, core, start) => {
      take(checkObject(value), values);
      for (let at = 0; at < count; at++) (fields[at] as Codec).lower(cx, values[at], core, start + (starts[at] as number));
    },
  };
}

/** The same string as engines keep it for property names; a string put together at run time is looked up at each use. */
export function propertyKey(name: string): string {
  return Object.keys({ [name]: 0 })[0] as string;
}

/**
 * What makes an object of these keys out of an array of values. An object literal is several times faster than properties
 * put in one by one, because the engine knows its shape beforehand; hence one literal for each number of keys.
 */
function objectBuilder(keys: readonly string[]): (v: readonly unknown[]) => Record<string, unknown> {
  const [a = "", b = "", c = "", d = "", e = "", f = "", g = "", h = ""] = keys;
  switch (keys.length) {
    case 1:
      return (v) => ({ [a]: v[0] });
    case 2:
      return (v) => ({ [a]: v[0], [b]: v[1] });
    case 3:
      return (v) => ({ [a]: v[0], [b]: v[1], [c]: v[2] });
    case 4:
      return (v) => ({ [a]: v[0], [b]: v[1], [c]: v[2], [d]: v[3] });
    case 5:
      return (v) => ({ [a]: v[0], [b]: v[1], [c]: v[2], [d]: v[3], [e]: v[4] });
    case 6:
      return (v) => ({ [a]: v[0], [b]: v[1], [c]: v[2], [d]: v[3], [e]: v[4], [f]: v[5] });
    case 7:
      return (v) => ({ [a]: v[0], [b]: v[1], [c]: v[2], [d]: v[3], [e]: v[4], [f]: v[5], [g]: v[6] });
    default:
      return (v) => {
        const o: Record<string, unknown> = {
          [a]: v[0], [b]: v[1], [c]: v[2], [d]: v[3], [e]: v[4], [f]: v[5], [g]: v[6], [h]: v[7],
        };
        for (let at = 8; at < keys.length; at++) o[keys[at] as string] = v[at];
        return o;
      };
  }
}

/** The reverse: puts the values of an object's keys into an array, each key at a place of its own in the code. */
function objectReader(keys: readonly string[]): (o: Readonly<Record<string, unknown>>, v: unknown[]) => void {
  const [a = "", b = "", c = "", d = "", e = "", f = "", g = "", h = ""] = keys;
  const count = keys.length;
  return (o, v) => {
    v[0] = o[a];
    if (count > 1) v[1] = o[b];
    if (count > 2) v[2] = o[c];
    if (count > 3) v[3] = o[d];
    if (count > 4) v[4] = o[e];
    if (count > 5) v[5] = o[f];
    if (count > 6) v[6] = o[g];
    if (count > 7) v[7] = o[h];
    for (let at = 8; at < count; at++) v[at] = o[keys[at] as string];
  };
}

/** @throws DoterosError `wrong-value` when `value` has no properties */
export function checkObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : wrongValue("an object", value);
}

/** A tuple: an array. */
export function tuple(elements: readonly Codec[], { size, align, flat }: Layout): Codec {
  const { load, store, lift, lower } = members(elements);
  const count = elements.length;
  return {
    size,
    align,
    flat,
    load: (cx, pointer) => {
      const values: unknown[] = [];
      load(cx, pointer, values);
      return values;
    },
    store: (cx, value, pointer) => store(cx, checkArray(value, count), pointer),
    lift: (cx, core, start) => {
      const values: unknown[] = [];
      lift(cx, core, start, values);
      return values;
    },
    lower: (cx, value, core, start) => lower(cx, checkArray(value, count), core, start),
  };
}

/** An array of `count` elements. @throws DoterosError `wrong-value` */
export function checkArray(value: unknown, count: number): ArrayLike<unknown> {
  const fits = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!fits) return wrongValue(`an array of ${count}`, value);
  const array = value as ArrayLike<unknown>;
  return array.length === count ? array : wrongValue(`an array of ${count}, not of ${array.length}`, value);
}
