import type { Layout } from "../layout.ts";
import { layoutOf, sequence } from "../layout.ts";
import { camelCase } from "../name.ts";
import { wrongValue } from "../trap.ts";
import type { ValueType } from "../type.ts";
import type { Codec } from "./codec.ts";
import type { ResourceLookup } from "./compile.ts";
import { flags } from "./flags.ts";
import { borrow, own } from "./handle.ts";
import { pointed } from "./list.ts";
import { numberList } from "./number-list.ts";
import { checkArray, tuple } from "./record.ts";

/** The codec of a type that few components have; undefined when there is none. */
export function seldomCodec(type: ValueType, of: (part: ValueType) => Codec, lookup: ResourceLookup): Codec | undefined {
  switch (type.kind) {
    case "own":
      return own(lookup(type.resource));
    case "borrow":
      return borrow(lookup(type.resource));
    case "list": {
      const { element, length } = type;
      return length === undefined ? numberList(element.kind, of(element)) : fixedList(of(element), length, layoutOf(type));
    }
    case "flags":
      return flags(type.names.map(camelCase));
    case "map":
      return map(tuple([of(type.key), of(type.value)], sequence([type.key, type.value])));
    default:
      return undefined;
  }
}

/** A list of fixed length in memory: elements side by side, read in a loop because there may be many. */
function fixedList(element: Codec, length: number, layout: Layout): Codec {
  const { size, load, store, lift, lower } = element;
  const width = element.flat?.length ?? 0;
  return {
    size: layout.size,
    align: layout.align,
    flat: layout.flat,
    load: (cx, pointer) => {
      cx.spendArray(length, size);
      return Array.from({ length }, (_, at) => load(cx, pointer + at * size));
    },
    store: (cx, value, pointer) => {
      const array = checkArray(value, length);
      for (let at = 0; at < length; at++) store(cx, array[at], pointer + at * size);
    },
    lift: (cx, values, start) => Array.from({ length }, (_, at) => lift(cx, values, start + at * width)),
    lower: (cx, value, values, start) => {
      const array = checkArray(value, length);
      for (let at = 0; at < length; at++) lower(cx, array[at], values, start + at * width);
    },
  };
}

/** `map<K, V>`, which is a Map and travels as a list of pairs. */
function map(pair: Codec): Codec {
  const { size, align, load, store } = pair;
  return pointed({
    size,
    align,
    plain: false,
    read: (cx, pointer, length) => {
      const entries = new Map<unknown, unknown>();
      for (let at = 0; at < length; at++) {
        const [key, value] = load(cx, pointer + at * size) as [unknown, unknown];
        entries.set(key, value);
      }
      return entries;
    },
    count: (value) => (value instanceof Map ? value.size : wrongValue("a Map", value)),
    write: (cx, value, pointer) => {
      let at = pointer;
      for (const entry of value as Map<unknown, unknown>) {
        store(cx, entry, at);
        at += size;
      }
    },
  });
}
