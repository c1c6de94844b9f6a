import type { StateView, Writes } from "../contract/store.ts";
import { OrderedKeys } from "./ordered-keys.ts";
import { utf8Length } from "./utf8-order.ts";

/**
 * The state of one capsule as its last transition left it, in a map. It may be ahead of what is committed, and never is
 * seen outside before that is.
 */
export class WorkingState implements StateView {
  readonly #values = new Map<string, Uint8Array>();
  readonly #keys = new OrderedKeys(this.#values);
  version = 0;
  bytes = 0;

  /** The state that a store has. */
  static of(view: Pick<StateView, "version" | "scan">): WorkingState {
    const state = new WorkingState();
    // What a store answers may lie in a file's memory, which the next commit may use for something else.
    for (const [key, value] of view.scan("", undefined)) state.#set(key, new Uint8Array(value));
    state.version = view.version;
    return state;
  }

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

  /** Makes what a transition wrote the state; no writes, no new version. The bytes are the state's to keep. */
  apply(writes: Writes): void {
    if (writes.size === 0) return;
    for (const [key, value] of writes) this.#set(key, value);
    this.version += 1;
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
