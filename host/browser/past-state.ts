import type { Store } from "../contract/store.ts";
import { readEntry } from "../ledger/entry-reader.ts";
import { compareUtf8 } from "../store/utf8-order.ts";

/** The states that capsules had. A store knows the value of a key at a version; which keys there were, its ledger says. */
export class PastStates {
  readonly #store: Store;
  readonly #keys = new Map<string, Set<string>>();
  /** How many entries were looked at. */
  #seen = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The state of a capsule when it had that version. @throws DoterosError `not-kept` */
  at(capsule: string, version: number): [key: string, value: Uint8Array][] {
    this.#catchUp();
    const entries: [string, Uint8Array][] = [];
    for (const key of this.#keys.get(capsule) ?? []) {
      const value = this.#store.stateAt(capsule, key, version);
      if (value !== undefined) entries.push([key, value.slice()]);
    }
    return entries.sort(([one], [other]) => compareUtf8(one, other));
  }

  #catchUp(): void {
    for (const bytes of this.#store.entries(this.#seen)) {
      this.#seen += 1;
      const entry = readEntry(bytes);
      if (entry.kind !== "transition") continue;
      let keys = this.#keys.get(entry.capsule);
      if (keys === undefined) this.#keys.set(entry.capsule, (keys = new Set<string>()));
      for (const key of entry.writes.keys()) keys.add(key);
    }
  }
}
