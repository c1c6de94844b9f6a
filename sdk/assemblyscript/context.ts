import { addressOf, bytesAt, loadText, wellFormed } from "./memory";

// What the host fixed before it called the handler: asking twice while one message is handled gives the same answers.

@external("doteros:capsule/context@0.1.0", "time")
declare function contextTime(): u64;

@external("doteros:capsule/context@0.1.0", "random")
declare function contextRandom(length: u32, answer: usize): void;

@external("doteros:capsule/context@0.1.0", "index")
declare function contextIndex(): u64;

@external("doteros:capsule/context@0.1.0", "identify")
declare function contextIdentify(answer: usize): void;

@external("doteros:capsule/context@0.1.0", "config")
declare function contextConfig(key: usize, keyLength: usize, answer: usize): void;

/** Where these functions leave their results; 24 bytes hold the largest of them. */
@lazy const ANSWER: usize = memory.data(24, 4);

/** Who the capsule is. */
export class Identity {
  constructor(
    /** The name in its manifest. */
    public readonly name: string,
    /** The version in its manifest. */
    public readonly version: string,
    /** The SHA-256 of the component, 64 lower-case hexadecimal digits. */
    public readonly digest: string,
  ) {}
}

/** The time of this message in nanoseconds since 1970-01-01T00:00:00Z. It stands still while the message is handled. */
export function time(): u64 {
  return contextTime();
}

/** `length` random bytes, at most 65,536: unpredictable for others, the same again on replay. */
export function random(length: u32): Uint8Array {
  contextRandom(length, ANSWER);
  return bytesAt(load<usize>(ANSWER), load<usize>(ANSWER, 4));
}

/** Which message of this capsule this is; the first is 1. */
export function index(): u64 {
  return contextIndex();
}

/** Who the capsule is. */
export function identify(): Identity {
  contextIdentify(ANSWER);
  return new Identity(loadText(ANSWER), loadText(ANSWER + 8), loadText(ANSWER + 16));
}

/** The value of the setting `key`, or null when the operator gave none. */
export function config(key: string): string | null {
  const name = wellFormed(key);
  contextConfig(addressOf(name), name.length, ANSWER);
  return load<u8>(ANSWER) == 0 ? null : loadText(ANSWER + 4);
}
