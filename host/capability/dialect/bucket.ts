import { SCAN_ENTRIES_MAX } from "../../contract/limits.ts";
import type { Fault } from "../../contract/message.ts";
import type { Space } from "../space.ts";
import type { Transition } from "../transition.ts";
import { bucketSpace } from "./bucket-space.ts";
import { inTerms, refuse } from "./dialect.ts";

/** An error of wasi:keyvalue, as JavaScript has it. */
export type StoreError = { readonly tag: "no-such-store" | "access-denied" } | { readonly tag: "other"; readonly val: string };

/** The error of wasi:keyvalue for a fault. */
function storeError({ tag, val }: Fault): StoreError {
  return tag === "denied" ? { tag: "access-denied" } : { tag: "other", val };
}

/** Keys of a bucket, and where to go on when these are not all. */
interface Keys<Cursor> {
  readonly keys: readonly string[];
  readonly cursor: Cursor | undefined;
}

/** A bucket of wasi:keyvalue. A capsule may keep it from one message to the next: it is the state as it is then. */
export class StoreBucket {
  readonly space: Space;

  constructor(space: Space) {
    this.space = space;
  }

  get(key: string): Uint8Array | undefined {
    return inTerms(storeError, () => this.space.get(key));
  }

  set(key: string, value: Uint8Array): void {
    inTerms(storeError, () => this.space.put(key, value));
  }

  delete(key: string): void {
    inTerms(storeError, () => this.space.delete(key));
  }

  exists(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** @param cursor the last key there was; undefined for the first keys */
  listKeys(cursor: unknown): Keys<unknown> {
    // The first string after the cursor: nothing fits in between.
    const keys = this.take(typeof cursor === "string" ? `${cursor}\0` : "", 0);
    return { keys, cursor: keys.length < SCAN_ENTRIES_MAX ? undefined : keys.at(-1) };
  }

  /** As many keys as one call answers, from `start` on, without the first `skipped`. */
  protected take(start: string, skipped: number): string[] {
    return inTerms(storeError, () => {
      const taken: string[] = [];
      let left = skipped;
      for (const key of this.space.keys(start)) {
        if (left > 0) left -= 1;
        else if (taken.push(key) === SCAN_ENTRIES_MAX) break;
      }
      return taken;
    });
  }
}

/** A bucket of the first draft, whose cursors are how many keys there were. */
export class CountedBucket extends StoreBucket {
  override listKeys(cursor: unknown): Keys<bigint> {
    const skipped = typeof cursor === "bigint" ? Number(cursor) : 0;
    const keys = this.take("", skipped);
    return { keys, cursor: keys.length < SCAN_ENTRIES_MAX ? undefined : BigInt(skipped + keys.length) };
  }
}

/** Opens a bucket: there is one under each name. */
export function openBucket(transition: Transition, name: string, shape: typeof StoreBucket): StoreBucket {
  return new shape(bucketSpace(transition, name) ?? refuse({ tag: "no-such-store" } satisfies StoreError));
}

/** Those of the keys that are there, with their values; undefined in the place of the others. */
export function getMany(bucket: StoreBucket, keys: readonly string[]): ([string, Uint8Array] | undefined)[] {
  return keys.map((key) => {
    const value = bucket.get(key);
    return value === undefined ? undefined : [key, value];
  });
}

/** Each of the keys, with its value if it is there. */
export function getManyAnswers(bucket: StoreBucket, keys: readonly string[]): [string, Uint8Array | undefined][] {
  return keys.map((key) => [key, bucket.get(key)]);
}

/** Gives keys their values, in order, up to the first that is refused. */
export function setMany(bucket: StoreBucket, entries: readonly (readonly [string, Uint8Array])[]): void {
  for (const [key, value] of entries) bucket.set(key, value);
}

/** Takes keys out, in order, up to the first that is refused. */
export function deleteMany(bucket: StoreBucket, keys: readonly string[]): void {
  for (const key of keys) bucket.delete(key);
}
