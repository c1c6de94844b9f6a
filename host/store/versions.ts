import type { Writes } from "../contract/store.ts";
import { ByteLog } from "./byte-log.ts";

/** The values that a key had, each from some version of the state on, in the order of the versions. */
interface Past {
  readonly versions: number[];
  /** Where each value is in the log; {@link REMOVED} where there was none. */
  readonly values: number[];
}

const REMOVED = -1;

/** Every value that each key of a state ever had, by the version that gave it. */
export class Versions {
  readonly #past = new Map<string, Past>();
  readonly #values = new ByteLog();

  /** Keeps what the transition wrote that led to `version`. Versions come in order. */
  add(version: number, writes: Writes): void {
    for (const [key, value] of writes) {
      let past = this.#past.get(key);
      if (past === undefined) this.#past.set(key, (past = { versions: [], values: [] }));
      past.versions.push(version);
      past.values.push(value === undefined ? REMOVED : this.#values.append(value));
    }
  }

  /** The value of `key` at `version`. */
  at(key: string, version: number): Uint8Array | undefined {
    const past = this.#past.get(key);
    if (past === undefined) return undefined;
    let [low, high] = [0, past.versions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((past.versions[middle] as number) <= version) low = middle + 1;
      else high = middle;
    }
    return this.#values.at(past.values[low - 1] ?? REMOVED);
  }
}
