import { random, time } from "doteros:capsule/context@0.1.0";
import { nanosecondsOf } from "../nanoseconds.ts";
import { onlyFixedDates } from "./date.ts";

// The clock is the message's time, and randomness the message's own: both are the same on replay.

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const WORD = 0x1_0000_0000;

onlyFixedDates(() => Number(nanosecondsOf(time()) / NANOSECONDS_PER_MILLISECOND));
Math.random = () => {
  const bytes = random(8);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // 53 bits, as many as a double has.
  return ((view.getUint32(0) >>> 11) * WORD + view.getUint32(4)) / (WORD * 0x20_0000);
};
