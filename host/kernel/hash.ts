import { DoterosError } from "../contract/error.ts";
import { WASM } from "./generated/hash.ts";
import { compileKernel } from "./module.ts";

interface Kernel {
  readonly memory: WebAssembly.Memory;
  windowAddress(): number;
  windowBytes(): number;
  begin(): void;
  whole(): void;
  finish(length: number): bigint;
  finishPartition(length: number, partitions: number): number;
  jump(key: bigint, buckets: number): number;
}

/** Partitions that keys may be spread over: what the jump consistent hash is defined for. */
const PARTITIONS_MAX = 0x7fff_ffff;
/** A string this long fits into the window whatever it holds: three bytes for each of its characters. */
const SHORT_LENGTH = 1_024;

const encoder = new TextEncoder();
let loaded: { readonly kernel: Kernel; readonly window: Uint8Array } | undefined;

/**
 * The partition of a key: XXH64 with seed 0 over its bytes, of which the jump consistent hash makes a number. Fixed for
 * ever: what was written under a partition is found there by every later version. From `n` to `n + 1` partitions one key in
 * `n + 1` moves, to the new one.
 *
 * @param key bytes, or a text, which counts as its UTF-8
 * @param partitions how many there are: a whole number from 1 to 2,147,483,647
 * @returns a number from 0 to `partitions - 1`
 * @throws DoterosError `wrong-value` when that is no number of partitions
 *
 * @example
 * ```ts
 * partitionOf("sensor-17", 1); // 0
 * ```
 */
export function partitionOf(key: string | Uint8Array, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_MAX) {
    throw new DoterosError("wrong-value", `${String(partitions)} is no number of partitions`, {
      help: `say how many there are: a whole number from 1 to ${PARTITIONS_MAX}`,
    });
  }
  const { kernel } = load();
  return kernel.finishPartition(feed(key), partitions);
}

/**
 * XXH64 with seed 0, from 0 to 2^64 - 1.
 *
 * @param key bytes, or a text, which counts as its UTF-8
 */
export function hashOf(key: string | Uint8Array): bigint {
  const { kernel } = load();
  return BigInt.asUintN(64, kernel.finish(feed(key)));
}

/** The jump consistent hash by itself, from 0 to `buckets - 1`. For the tests: its vectors are numbers, not keys. */
export function jump(key: bigint, buckets: number): number {
  return load().kernel.jump(key, buckets);
}

/** Brings a key into the kernel; answers how much of it is in the window still. */
function feed(key: string | Uint8Array): number {
  const { kernel, window } = load();
  kernel.begin();
  if (typeof key === "string" && key.length <= SHORT_LENGTH) return writeText(key, window);
  const bytes = typeof key === "string" ? encoder.encode(key) : key;
  let at = 0;
  for (; bytes.length - at >= window.length; at += window.length) {
    window.set(bytes.subarray(at, at + window.length));
    kernel.whole();
  }
  window.set(bytes.subarray(at));
  return bytes.length - at;
}

/** Most keys are short and ASCII; copying them here takes less time than asking for it. */
function writeText(text: string, window: Uint8Array): number {
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character > 0x7f) return encoder.encodeInto(text, window).written;
    window[at] = character;
  }
  return text.length;
}

function load(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  const kernel = new WebAssembly.Instance(compileKernel(WASM)).exports as unknown as Kernel;
  const window = new Uint8Array(kernel.memory.buffer, kernel.windowAddress(), kernel.windowBytes());
  loaded = { kernel, window };
  return loaded;
}
