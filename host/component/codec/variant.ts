import type { Canon } from "../canon.ts";
import type { FlatType, Layout } from "../layout.ts";
import { trap, wrongValue } from "../trap.ts";
import { alignTo, discriminantBytes } from "../value-type.ts";
import type { Codec, Flat } from "./codec.ts";

/** What a variant looks like in JavaScript: how to tell the case of a value, and how to make a value of a case. */
interface Shape {
  /** The index of the case that `value` is. @throws DoterosError `wrong-value` */
  readonly caseOf: (value: unknown) => number;
  readonly payloadOf: (value: unknown) => unknown;
  readonly make: (index: number, payload: unknown) => unknown;
}

const shared = new ArrayBuffer(8);
/** The same eight bytes as each core type, as WebAssembly lays them out. */
const SCRATCH = {
  i32: new Int32Array(shared),
  i64: new BigInt64Array(shared),
  f32: new Float32Array(shared),
  f64: new Float64Array(shared),
} as unknown as Readonly<Record<FlatType, unknown[]>>;

/** A core value in the slot that cases share, as the type of one case, or the reverse: the bits stay, what is new is zero. */
function recast(value: unknown, from: FlatType, to: FlatType): unknown {
  if (from === to) return value;
  SCRATCH.i64[0] = 0n;
  SCRATCH[from][0] = value;
  return SCRATCH[to][0];
}

const ZEROS: Readonly<Record<FlatType, unknown>> = { i32: 0, i64: 0n, f32: 0, f64: 0 };

/** The codec of a variant with these cases, whatever it looks like in JavaScript. */
function variantCodec(
  cases: readonly (Codec | undefined)[],
  { size, align, flat }: Layout,
  { caseOf, payloadOf, make }: Shape,
): Codec {
  const count = cases.length;
  const tag = discriminantBytes(count);
  const offset = alignTo(tag, Math.max(1, ...cases.map((part) => part?.align ?? 1)));
  const slots = flat ?? [];
  // Which cases have core types of their own in slots that are wider.
  const mixed = cases.map((part) => part?.flat?.some((type, index) => type !== slots[index + 1]) ?? false);

  const load = (cx: Canon, pointer: number): unknown => {
    const { view } = cx;
    const index = tag === 1 ? view.getUint8(pointer) : tag === 2 ? view.getUint16(pointer, true) : view.getUint32(pointer, true);
    if (index >= count) trap("invalid variant discriminant");
    return make(index, cases[index]?.load(cx, pointer + offset));
  };
  const store = (cx: Canon, value: unknown, pointer: number): void => {
    const index = caseOf(value);
    const { view } = cx;
    if (tag === 1) view.setUint8(pointer, index);
    else if (tag === 2) view.setUint16(pointer, index, true);
    else view.setUint32(pointer, index, true);
    cases[index]?.store(cx, payloadOf(value), pointer + offset);
  };
  const lift = (cx: Canon, values: Flat, at: number): unknown => {
    const index = (values[at] as number) >>> 0;
    if (index >= count) trap("invalid variant discriminant");
    const part = cases[index];
    if (part === undefined) return make(index, undefined);
    if (mixed[index] !== true) return make(index, part.lift(cx, values, at + 1));
    const own = (part.flat ?? []).map((type, slot) => recast(values[at + 1 + slot], slots[slot + 1] as FlatType, type));
    return make(index, part.lift(cx, own, 0));
  };
  const lower = (cx: Canon, value: unknown, values: Flat, at: number): void => {
    const index = caseOf(value);
    const part = cases[index];
    values[at] = index;
    let next = 1;
    if (part?.flat !== undefined) {
      part.lower(cx, payloadOf(value), values, at + 1);
      next += part.flat.length;
      if (mixed[index] === true) {
        for (const [slot, type] of part.flat.entries()) {
          values[at + 1 + slot] = recast(values[at + 1 + slot], type, slots[slot + 1] as FlatType);
        }
      }
    }
    for (; next < slots.length; next++) values[at + next] = ZEROS[slots[next] as FlatType];
  };
  return { size, align, flat, load, store, lift, lower };
}

function tagged(value: unknown): { tag: unknown; val?: unknown } {
  if (typeof value === "object" && value !== null && "tag" in value) return value;
  return wrongValue("an object with a `tag`", value);
}

/** A variant: `{ tag, val }`. */
export function variant(names: readonly string[], cases: readonly (Codec | undefined)[], layout: Layout, alwaysVal = false): Codec {
  const indices = new Map<unknown, number>(names.map((name, index) => [name, index]));
  const known = names.join(alwaysVal ? " or " : ", ");
  return variantCodec(cases, layout, {
    caseOf: (value) => {
      const { tag } = tagged(value);
      return indices.get(tag) ?? wrongValue(`a tag that is ${alwaysVal ? "" : "one of "}${known}`, tag);
    },
    payloadOf: (value) => tagged(value).val,
    make: (index, val) => (alwaysVal || cases[index] !== undefined ? { tag: names[index], val } : { tag: names[index] }),
  });
}

/** An enum: the name of its case. */
export function enumeration(names: readonly string[], layout: Layout): Codec {
  const indices = new Map<unknown, number>(names.map((name, index) => [name, index]));
  return variantCodec(
    names.map(() => undefined),
    layout,
    {
      caseOf: (value) => indices.get(value) ?? wrongValue(`one of ${names.join(", ")}`, value),
      payloadOf: () => undefined,
      make: (index) => names[index],
    },
  );
}

/** An option: the value, or undefined. */
export function option(element: Codec, layout: Layout): Codec {
  return variantCodec([undefined, element], layout, {
    caseOf: (value) => (value === undefined || value === null ? 0 : 1),
    payloadOf: (value) => value,
    make: (_index, payload) => payload,
  });
}

/** An option of something that may itself be undefined: `{ tag: "none" }` or `{ tag: "some", val }`. */
export function nestedOption(element: Codec, layout: Layout): Codec {
  return variant(["none", "some"], [undefined, element], layout);
}

/** A result that is not what a function returns: `{ tag: "ok", val }` or `{ tag: "err", val }`. */
export function result(ok: Codec | undefined, err: Codec | undefined, layout: Layout): Codec {
  return variant(["ok", "err"], [ok, err], layout, true);
}

/** A result that a function returns: the value itself, or the error case, which the linker throws or caught. */
export function outcome(ok: Codec | undefined, err: Codec | undefined, layout: Layout): Codec {
  const offset = Math.max(ok?.align ?? 1, err?.align ?? 1);
  const general = variantCodec([ok, err], layout, {
    caseOf: (value) => (value instanceof Failure ? 1 : 0),
    payloadOf: (value) => (value instanceof Failure ? value.payload : value),
    make: (index, payload) => (index === 0 ? payload : new Failure(payload)),
  });
  return {
    ...general,
    // In memory, where most results travel, without the detour over what is common to variants.
    load: (cx, pointer) => {
      const tag = cx.bytes[pointer];
      if (tag === 0) return ok?.load(cx, pointer + offset);
      return tag === 1 ? new Failure(err?.load(cx, pointer + offset)) : trap("invalid variant discriminant");
    },
    store: (cx, value, pointer) => {
      const failed = value instanceof Failure;
      cx.bytes[pointer] = failed ? 1 : 0;
      if (failed) err?.store(cx, value.payload, pointer + offset);
      else ok?.store(cx, value, pointer + offset);
    },
  };
}

/** The error case of what a function returns, on its way between the codec and who throws or caught it. */
export class Failure {
  readonly payload: unknown;

  constructor(payload: unknown) {
    this.payload = payload;
  }
}
