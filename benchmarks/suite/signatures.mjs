// What one call costs by its signature: into the guest, and out of it.
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parse } from "@bytecodealliance/jco";
import { compileComponent } from "doteros-wasm/component";
import { interleave, summarise, warmUp } from "../measure.mjs";
import { number, spread } from "../table.mjs";

export const name = "signatures";
export const title = "One call by its signature, both ways (ns)";

const ROUNDS = 20;
const NANOSECONDS = 1e6;
const KIBIBYTE = 1_024;
const TEXT = "a string that has thirty-two by.";
const RECORD = { a: 1, b: 2, c: 3n, d: 4, e: true, f: 6, g: "A", h: TEXT };
/** Few enough that no garbage is collected in between, many enough that what else is allocated does not show. */
const ALLOCATION_CALLS = 200;
const LARGE_ALLOCATION_CALLS = 4;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const text = readFileSync(new URL("../signatures.wat", import.meta.url), "utf8");
  const component = await compileComponent(await parse(text));
  const ignore = () => undefined;
  const host = { takeU32: ignore, takeString: ignore, takeBytes: ignore, takeRecord: ignore };
  const { exports } = await component.instantiate({ host });
  const cases = casesOf(exports);
  for (const entry of cases) {
    progress(`warming up ${entry.title}`);
    entry.turn = await warmUp(async (times) => timed(entry, times));
  }
  progress(`${ROUNDS} rounds`);
  const samples = await interleave(cases, ROUNDS, async (entry) => (timed(entry, entry.turn) / entry.turn) * NANOSECONDS);
  return cases.map((entry) => ({
    title: entry.title,
    direction: entry.direction,
    nanoseconds: summarise(samples.get(entry)),
    bytesPerCall: allocated(entry),
    rounds: ROUNDS,
    callsPerRound: entry.turn,
  }));
}

function casesOf(exports) {
  const counter = new exports.Counter();
  const into = (called, call) => ({ title: called, direction: "into the guest", repeat: repeated(call) });
  const outOf = (called, repeat, isLarge = false) => ({ title: called, direction: "out of the guest", repeat, isLarge });
  const sizes = [KIBIBYTE, 64 * KIBIBYTE, KIBIBYTE * KIBIBYTE];
  const bytes = (size) => `list<u8>, ${size / KIBIBYTE} KiB`;
  return [
    into("u32", () => exports.giveU32(7)),
    into("string, 32 bytes", () => exports.giveString(TEXT)),
    ...sizes.map((size) => {
      const value = new Uint8Array(size);
      return into(bytes(size), () => exports.giveBytes(value));
    }),
    into("record of 8 fields", () => exports.giveRecord(RECORD)),
    into("resource method", () => counter.count()),
    outOf("u32", (times) => exports.takeU32(times)),
    outOf("string, 32 bytes", (times) => exports.takeString(times)),
    ...sizes.map((size) => outOf(bytes(size), (times) => exports.takeBytes(times, size), size > KIBIBYTE)),
    outOf("record of 8 fields", (times) => exports.takeRecord(times)),
  ];
}

function repeated(call) {
  return (times) => {
    for (let index = 0; index < times; index += 1) call();
  };
}

function timed({ repeat }, times) {
  const start = performance.now();
  repeat(times);
  return performance.now() - start;
}

/** Bytes of the JavaScript heap and of array buffers that one call leaves behind for the garbage collector. */
function allocated({ repeat, isLarge = false }) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const calls = isLarge ? LARGE_ALLOCATION_CALLS : ALLOCATION_CALLS;
  const tries = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    collect();
    const before = inUse();
    repeat(calls);
    tries.push((inUse() - before) / calls);
  }
  // What is measured beside the calls only ever adds, so the least is the nearest.
  return Math.max(0, Math.round(Math.min(...tries)));
}

function inUse() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export const head = ["", "direction", "median", "best", "10% to 90%", "bytes allocated"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, direction, nanoseconds, bytesPerCall }) {
  const { median, best } = nanoseconds;
  return [called, direction, number(median), number(best), spread(nanoseconds, number), bytesPerCall.toLocaleString("en")];
}
