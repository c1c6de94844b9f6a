import type { Canon } from "../canon.ts";
import type { FlatType } from "../layout.ts";

/** Core values on their way in or out: i32, f32 and f64 as numbers, i64 as bigints. */
export type Flat = unknown[];

/**
 * How values of one WIT type cross between JavaScript and a guest's memory or core values. Made once for each type;
 * every codec has the same shape, so that calling one is one indirect call.
 */
export interface Codec {
  readonly size: number;
  readonly align: number;
  /** The core values, or undefined when the type only ever travels in memory. */
  readonly flat: readonly FlatType[] | undefined;
  /** Reads from memory. The caller has checked bounds and alignment. */
  readonly load: (cx: Canon, pointer: number) => unknown;
  /** Writes to memory. The caller has checked bounds and alignment. */
  readonly store: (cx: Canon, value: unknown, pointer: number) => void;
  /** Reads core values from `flat`, starting at `at`. */
  readonly lift: (cx: Canon, flat: Flat, at: number) => unknown;
  /** Writes core values to `flat`, starting at `at`. */
  readonly lower: (cx: Canon, value: unknown, flat: Flat, at: number) => void;
}
