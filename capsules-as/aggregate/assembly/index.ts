// Tumbling windows: keeps each sample in a series, and tells of a window when it has closed.

import { Bucket, Cbor, CborWriter, Message, bytesOfU64, context, fail, invalid, messaging, series, state, u64Of } from "doteros-wasm/sdk/assemblyscript";

const NANOSECONDS: u64 = 1_000_000_000;
const PREFIX = "samples.";

export function handle(message: Message): void {
  const sample = Cbor.read(message.payload);
  if (sample === null) return invalid("the payload is not CBOR");
  const time = sample.getInteger("time", -1);
  const value = sample.getNumber("value");
  if (time < 0 || isNaN(value)) return invalid("a sample needs a time in nanoseconds and a number as its value");
  const length = windowLength();
  if (length == 0) return fail("the setting window-seconds is not a number of seconds");

  const name = message.subject.substring(PREFIX.length);
  const open = openWindow(name);
  const start = <u64>time - <u64>time % length;
  if (start < open) return invalid("the sample is late: its window has closed");
  series.append(name, <u64>time, value);
  if (open != NONE && start == open) return;
  if (open != NONE) tell(name, open, length);
  state.put("open/" + name, bytesOfU64(start));
}

/** There is no open window: this is the first sample. */
const NONE: u64 = 0;

/** Where the open window of a series starts, in nanoseconds; `NONE` before its first sample. */
function openWindow(name: string): u64 {
  const kept = state.get("open/" + name);
  return kept === null ? NONE : u64Of(kept);
}

function windowLength(): u64 {
  const text = context.config("window-seconds");
  const seconds = text === null ? NaN : parseFloat(text);
  return seconds >= 1 && seconds <= 1e9 ? <u64>seconds * NANOSECONDS : 0;
}

/** Tells of the window that starts at `start`: the series has done the sums. */
function tell(name: string, start: u64, length: u64): void {
  const buckets = series.downsample(name, start, start + length, length);
  for (let index = 0; index < buckets.length; index++) {
    messaging.publish(new Message("windows." + name, documentOf(buckets[index]), "application/cbor"));
  }
}

function documentOf(window: Bucket): Uint8Array {
  return new CborWriter().map(5).text("start").unsigned(window.start).text("count").unsigned(window.count)
    .text("mean").number(window.mean).text("least").number(window.min).text("greatest").number(window.max).bytes();
}
