import { ComponentError } from "../../contract/error.ts";
import type { StoreBucket, StoreError } from "./bucket.ts";
import { refuse } from "./dialect.ts";

const INTEGER = /^-?\d{1,20}$/;

/**
 * Adds to a number, which is kept as decimal text as others keep it, and answers what it is then.
 *
 * @param least what it may be
 * @param most what it may be
 */
export function increment(bucket: StoreBucket, key: string, delta: bigint, least: bigint, most: bigint): bigint {
  const kept = bucket.get(key);
  const text = kept === undefined ? "0" : new TextDecoder().decode(kept);
  if (!INTEGER.test(text)) refuse(other("the value is no number"));
  const sum = BigInt(text) + delta;
  if (sum < least || sum > most) refuse(other(`the number would not be within ${least} and ${most}`));
  bucket.set(key, new TextEncoder().encode(String(sum)));
  return sum;
}

/**
 * A value as it was, to be swapped if it still is. Nobody else writes while a message is handled, so what comes between is the
 * capsule's own, or a message that it handled since.
 */
export class Cas {
  readonly #bucket: StoreBucket;
  readonly #key: string;
  readonly #seen: Uint8Array | undefined;

  private constructor(bucket: StoreBucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
    this.#seen = bucket.get(key);
  }

  /** What `[static]cas.new` is. */
  static new(bucket: StoreBucket, key: string): Cas {
    return new Cas(bucket, key);
  }

  current(): Uint8Array | undefined {
    return this.#seen;
  }

  swap(value: Uint8Array): void {
    const now = inStore(() => new Cas(this.#bucket, this.#key));
    if (!isSame(now.#seen, this.#seen)) refuse({ tag: "cas-failed", val: now });
    inStore(() => this.#bucket.set(this.#key, value));
  }
}

/** Answers an error of the store as one of `swap`. */
function inStore<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof ComponentError ? new ComponentError({ tag: "store-error", val: error.payload }) : error;
  }
}

function other(val: string): StoreError {
  return { tag: "other", val };
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
