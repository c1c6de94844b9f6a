import { Encoder } from "cbor-x";
import type { Random } from "../component/random.ts";

const encoder = new Encoder({ useRecords: false });
const text = new TextEncoder();

/** A message that some capsule listens for. */
export interface RandomMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

const KEYS = ["a", "b", "c", "reply", "é€"];
const SUBJECTS = ["out", "numbers", "temperature.hall", "svc"];

const LINES: readonly ((random: Random) => string)[] = [
  (random) => `p ${random.pick(KEYS)} ${"x".repeat(random.below(40))}`,
  (random) => `d ${random.pick(KEYS)}`,
  (random) => `g ${random.pick(KEYS)} ${random.pick(SUBJECTS)}`,
  (random) => `s ${random.pick(SUBJECTS)}`,
  (random) => `m ${random.pick(SUBJECTS)} {"celsius":${random.below(40)}}`,
  (random) => `r svc ${random.below(1_000)}`,
  (random) => `c ${random.pick(SUBJECTS)}`,
  (random) => `x ${random.pick(SUBJECTS)}`,
  (random) => `v ${random.pick(SUBJECTS)}`,
  () => "l something",
  () => "i",
  () => "m no..subject x",
  () => "f not-today",
  () => "t",
  () => "o",
  () => "n",
];

/** One that fails something is seldom: nothing after it is done. */
const RARE_LINES = 6;

function randomScript(random: Random): Uint8Array {
  const common = LINES.slice(0, -RARE_LINES);
  return text.encode(random.many(random.below(12), () => random.pick(random.once(20) ? LINES : common)(random)).join("\n"));
}

const bytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
const json = (value: unknown): Uint8Array => text.encode(JSON.stringify(value));
const cbor = (value: unknown): Uint8Array => Uint8Array.from(encoder.encode(value));

const MAKERS: readonly ((random: Random) => RandomMessage)[] = [
  (random) => ({ subject: "do", payload: randomScript(random) }),
  (random) => ({ subject: "do", payload: randomScript(random) }),
  (random) => ({ subject: "numbers", payload: bytes(random, 8 * (1 + random.below(40))) }),
  (random) => ({ subject: `readings.${random.pick(["oslo", "rome"])}`, payload: json({ date: "2012-01-01", temp_max: random.below(400) / 10, temp_min: -random.below(99) / 7, wind: random.below(200) / 10, weather: random.pick(["sun", "rain", "snow"]) }) }),
  (random) => ({ subject: `temperature.${random.pick(["hall", "attic"])}`, payload: json({ celsius: random.below(400) / 10 }) }),
  (random) => ({ subject: "samples.s", payload: cbor({ time: 1_000_000_000 * random.below(600), value: random.below(1_000) / 7 }) }),
  (random) => ({ subject: "devices.add", payload: cbor({ id: `d${random.below(5)}`, site: random.pick(["north", "south"]), unit: "K" }) }),
  (random) => ({ subject: "measured", payload: cbor({ device: `d${random.below(5)}`, value: random.below(500) / 3, ...(random.once(2) ? { limit: 100 } : {}) }) }),
  // Not for the script: it might tell it to send itself the same for ever.
  (random) => ({ subject: random.pick(["numbers", "readings.rome", "temperature.hall", "samples.s", "measured"]), payload: bytes(random, random.below(30)) }),
];

/** A message for one of the capsules. */
export const randomMessage = (random: Random): RandomMessage => random.pick(MAKERS)(random);
