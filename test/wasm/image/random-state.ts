// States that no module made: memories and globals whose bytes are random, changed in ways that are hard for runs of differences.
import { contentOf } from "../../../host/wasm/image/content.ts";
import { bitsLength, writeBits } from "../../../host/wasm/image/global-bits.ts";
import type { State, StateGlobal } from "../../../host/wasm/image/index.ts";
import type { Random } from "../../component/random.ts";

type NumberType = StateGlobal["type"];

const TYPES: readonly NumberType[] = ["i32", "i64", "f32", "f64"];
/** Bytes that make NaNs of all kinds, zeros of both signs, and numbers. */
const BYTES = [0, 0, 0, 1, 0x7f, 0x80, 0xff, 0xf0, 0xf8, 0xc0, 0xa0];

/** How many pages memories have, and what types globals. */
export interface StateShape {
  readonly pages: readonly number[];
  readonly types: readonly NumberType[];
}

/** A shape: up to three memories, up to a dozen globals. */
export function randomStateShape(random: Random): StateShape {
  return {
    pages: random.many(random.below(4), () => random.below(3)),
    types: random.many(random.below(13), () => random.pick(TYPES)),
  };
}

/** A state of a shape, all zero. */
export function emptyState({ pages, types }: StateShape): State {
  return {
    memories: pages.map((initial) => new WebAssembly.Memory({ initial })),
    globals: types.map((type) => ({ type, global: new WebAssembly.Global({ value: type, mutable: true }, type === "i64" ? 0n : 0) })),
  };
}

/** Changes a state: everything may be another, but memories do not shrink. */
export function change(random: Random, state: State, growthMax: number): void {
  for (const memory of state.memories) {
    if (growthMax > 0 && random.once(3)) memory.grow(random.below(growthMax + 1));
    scribble(random, contentOf(memory.buffer).bytes);
  }
  const bits = new Uint8Array(bitsLength(state.globals));
  for (const index of bits.keys()) bits[index] = random.pick(BYTES);
  writeBits(state.globals, bits);
}

/** Single bytes, pairs of them that are a few bytes apart, stretches of noise and of zeros, and both ends. */
function scribble(random: Random, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  for (let count = random.below(30); count > 0; count--) {
    const at = random.pick([0, bytes.length - 1, random.below(bytes.length), 65_536 - 8 + random.below(16)]);
    bytes[at] = random.pick(BYTES);
    bytes[at + random.below(12)] = random.pick(BYTES);
    if (random.once(6)) bytes.fill(0, at, at + random.below(5000));
    if (random.once(6)) bytes.subarray(at, at + random.below(300)).forEach((_, index, part) => (part[index] = random.bits()));
  }
}
