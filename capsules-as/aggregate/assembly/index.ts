// Tumbling windows: keeps each sample in a series, and tells of a window when it has closed.

import { Cbor, CborWriter, Message, bytesOfU64, context, fail, invalid, messaging, series, state, u64Of } from "doteros-wasm/sdk/assemblyscript";
import { Summary } from "./summary";

const NANOSECONDS: u64 = 1_000_000_000;
const PREFIX = "samples.";
/** Points that are read at a time. */
const PAGE: u32 = 1000;

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
  if (open != NONE) tell(name, open, open + length);
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

function tell(name: string, start: u64, end: u64): void {
  const summary = new Summary();
  let points = series.range(name, start, end, PAGE);
  while (points.length > 0) {
    summary.add(points);
    points = series.range(name, points[points.length - 1].time + 1, end, PAGE);
  }
  messaging.publish(new Message("windows." + name, documentOf(start, summary), "application/cbor"));
}

function documentOf(start: u64, window: Summary): Uint8Array {
  return new CborWriter().map(5).text("start").unsigned(start).text("count").integer(window.count)
    .text("mean").number(window.mean).text("least").number(window.least).text("greatest").number(window.greatest).bytes();
}
