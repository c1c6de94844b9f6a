import { clockOf } from "../clock.ts";
import { as } from "../interface.ts";
import { CALL_FUEL } from "../transition.ts";
import type { Dialect } from "./dialect.ts";
import { Pollable } from "./io/pollable.ts";

// wasi:clocks. Without a grant they tell the time of the transition; see clock.ts.

const MONOTONIC = "wasi:clocks/monotonic-clock@0.2.12";
const WALL = "wasi:clocks/wall-clock@0.2.12";
const TIMEZONE = "wasi:clocks/timezone@0.2.12";
/** The type of points in time. */
export const DATETIME = "record { seconds: u64, nanoseconds: u32 }";
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** Where the clock ends. */
const INSTANT_MAX = 0xffff_ffff_ffff_ffffn;

/** A point in time as WASI has it. */
export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** @param nanoseconds since 1970 */
export function datetimeOf(nanoseconds: bigint): Datetime {
  return { seconds: nanoseconds / NANOSECONDS_PER_SECOND, nanoseconds: Number(nanoseconds % NANOSECONDS_PER_SECOND) };
}

/** In nanoseconds since 1970. */
export function nanosecondsOf({ seconds, nanoseconds }: Datetime): bigint {
  return seconds * NANOSECONDS_PER_SECOND + BigInt(nanoseconds);
}

/** wasi:clocks. */
export const DIALECT: Dialect = {
  interfaces: {
    [MONOTONIC]: as(undefined, {
      now: "func() -> u64",
      resolution: "func() -> u64",
      "subscribe-instant": "func(when: u64) -> pollable",
      "subscribe-duration": "func(when: u64) -> pollable",
    }),
    [WALL]: as(undefined, { now: `func() -> ${DATETIME}`, resolution: `func() -> ${DATETIME}` }),
    [TIMEZONE]: as(undefined, {
      display: `func(when: ${DATETIME}) -> record { utc-offset: s32, name: string, in-daylight-saving-time: bool }`,
      "utc-offset": `func(when: ${DATETIME}) -> s32`,
    }),
  },
  make({ transition }) {
    const monotonic = (): bigint => clockOf(transition).monotonic();
    const told = <T>(value: T): T => {
      transition.charge(CALL_FUEL);
      return value;
    };
    const at = (deadline: bigint): Pollable => new Pollable(transition, { deadline, ready: () => monotonic() >= deadline });
    return {
      [MONOTONIC]: {
        now: () => told(monotonic()),
        resolution: () => told(1n),
        subscribeInstant: at,
        subscribeDuration(duration: bigint) {
          const end = monotonic() + duration;
          return at(end < INSTANT_MAX ? end : INSTANT_MAX);
        },
      },
      [WALL]: { now: () => told(datetimeOf(clockOf(transition).wall())), resolution: () => told(datetimeOf(1n)) },
      // Where the operator is, is nobody's business.
      [TIMEZONE]: { display: () => told({ utcOffset: 0, name: "UTC", inDaylightSavingTime: false }), utcOffset: () => told(0) },
    };
  },
};
