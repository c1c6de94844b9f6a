import { compareUtf8 } from "./utf8-order.ts";

/** Changes are put in their places one by one up to this many, or to this share of the keys; past both, sorting is quicker. */
const CHANGES_INSERTED_MAX = 64;
const SHARE_INSERTED_MAX = 1 / 64;

/** Shared by all in which nothing has changed. */
const NONE: Set<string> = new Set();

/**
 * The keys of a map in the order of their UTF-8 bytes. The order is made when someone asks for it: writing costs a note,
 * and a capsule that never scans never pays for more.
 */
export class OrderedKeys {
  readonly #map: ReadonlyMap<string, unknown>;
  /** The keys, in order, but for those in `#changed`. */
  #sorted: string[] = [];
  #changed = NONE;
  #all = false;

  constructor(map: ReadonlyMap<string, unknown>) {
    this.#map = map;
  }

  /** To be called when `key` came to the map or went from it. */
  changed(key: string): void {
    if (this.#all) return;
    if (this.#changed === NONE) this.#changed = new Set();
    this.#changed.add(key);
    if (this.#changed.size <= Math.max(CHANGES_INSERTED_MAX, this.#map.size * SHARE_INSERTED_MAX)) return;
    this.#all = true;
    this.#changed.clear();
  }

  /** The keys from `start` on and before `end`, as they are now. The map must not change while they are taken. */
  *range(start: string, end: string | undefined): Generator<string> {
    this.#settle();
    const keys = this.#sorted;
    for (let at = this.#find(start); at < keys.length; at += 1) {
      const key = keys[at] as string;
      if (end !== undefined && compareUtf8(key, end) >= 0) return;
      yield key;
    }
  }

  #settle(): void {
    if (this.#all) this.#sorted = [...this.#map.keys()].sort(compareUtf8);
    for (const key of this.#changed) {
      const at = this.#find(key);
      const listed = this.#sorted[at] === key;
      if (listed === this.#map.has(key)) continue;
      if (listed) this.#sorted.splice(at, 1);
      else this.#sorted.splice(at, 0, key);
    }
    this.#all = false;
    this.#changed.clear();
  }

  /** Where `key` is, or would be. */
  #find(key: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8(this.#sorted[middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
