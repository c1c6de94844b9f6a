import { config as hostConfig, identify as hostIdentify, index as hostIndex, random as hostRandom, time as hostTime } from "doteros:capsule/context@0.1.0";
import { nanosecondsOf } from "./nanoseconds.ts";
import { soundText } from "./sound.ts";

// What the host fixed before it called the handler: asking twice while one message is handled gives the same answers.

/** Who the capsule is. */
export interface Identity {
  /** The name in its manifest. */
  readonly name: string;
  /** The version in its manifest. */
  readonly version: string;
  /** The SHA-256 of the component, 64 lower-case hexadecimal digits. */
  readonly digest: string;
}

/**
 * The time of this message in nanoseconds since 1970-01-01T00:00:00Z, to the microsecond: the engine hands 64-bit numbers
 * over as doubles. It stands still while the message is handled.
 */
export function time(): bigint {
  return nanosecondsOf(hostTime());
}

/** `length` random bytes, at most 65,536: unpredictable for others, the same again on replay. */
export function random(length: number): Uint8Array {
  return hostRandom(length);
}

/** Which message of this capsule this is; the first is 1. */
export function index(): bigint {
  return BigInt(hostIndex());
}

/** Who the capsule is. */
export function identify(): Identity {
  return hostIdentify();
}

/** The value of the setting `key`, or undefined when the operator gave none. */
export function config(key: string): string | undefined {
  return hostConfig(soundText(key, "the key")) ?? undefined;
}
