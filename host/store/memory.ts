import type { Batch, StateView, Store } from "../contract/store.ts";
import { OrderedKeys } from "./ordered-keys.ts";
import { utf8Length } from "./utf8-order.ts";

/** The state of one capsule in a map. */
class MemoryState implements StateView {
  readonly #values = new Map<string, Uint8Array>();
  readonly #keys = new OrderedKeys(this.#values);
  version = 0;
  index = 0;
  bytes = 0;

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key);
  }

  *scan(start: string, end: string | undefined): Generator<readonly [string, Uint8Array]> {
    for (const key of this.#keys.range(start, end)) {
      const value = this.#values.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  apply(batch: Batch): void {
    for (const [key, value] of batch.writes) this.#set(key, value);
    if (batch.writes.size > 0) this.version += 1;
    this.index = batch.index;
  }

  #set(key: string, value: Uint8Array | undefined): void {
    const before = this.#values.get(key);
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
    if (before !== undefined && value !== undefined) {
      this.bytes += value.length - before.length;
    } else if (before !== value) {
      this.#keys.changed(key);
      const length = utf8Length(key);
      this.bytes += value === undefined ? -length - (before?.length ?? 0) : length + value.length;
    }
  }
}

/** A store that keeps everything in memory, and is gone with the program. Its commits are atomic because they are synchronous. */
export class MemoryStore implements Store {
  readonly #states = new Map<string, MemoryState>();

  open(capsule: string): StateView {
    return this.#state(capsule);
  }

  commit(batch: Batch): void {
    this.#state(batch.capsule).apply(batch);
  }

  close(): void {
    this.#states.clear();
  }

  #state(capsule: string): MemoryState {
    let state = this.#states.get(capsule);
    if (state === undefined) this.#states.set(capsule, (state = new MemoryState()));
    return state;
  }
}
