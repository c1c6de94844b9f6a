import type { CapsuleState } from "../contract/host.ts";
import type { StateView } from "../contract/store.ts";

/** Shows the outside what of a capsule's state is committed, as copies. */
export function lookAt(view: StateView): CapsuleState {
  const copy = (value: Uint8Array): Uint8Array => new Uint8Array(value);
  return {
    get version() {
      return BigInt(view.version);
    },
    get size() {
      return view.size;
    },
    get(key) {
      const value = view.get(key);
      return value === undefined ? undefined : copy(value);
    },
    entries: () => Array.from(view.scan("", undefined), ([key, value]) => [key, copy(value)]),
  };
}
