import { DoterosError } from "../contract/error.ts";
import type { Store } from "../contract/store.ts";
import { openDotstore } from "../node.ts";
import type { Arguments } from "./arguments.ts";

/**
 * Does something with the store that `--store` names, which must be there, and closes it.
 *
 * @throws DoterosError `usage` without the option; what opening the store and `use` throw
 */
export async function withStore<T>(given: Arguments, command: string, use: (store: Store) => T | Promise<T>): Promise<T> {
  const folder = given.text("store");
  if (folder === undefined) throw new DoterosError("usage", `${command} needs the folder of a store`, { help: "add --store FOLDER, as it was given to doteros-wasm run" });
  const store = await openDotstore(folder, { create: false });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/**
 * The capsule that `--capsule` names, or the only one there is.
 *
 * @throws DoterosError `usage` when it cannot be told which
 */
export function capsuleIn(store: Store, given: Arguments): string {
  const names = Array.from(store.capsules(), ({ name }) => name);
  const named = given.text("capsule");
  if (named !== undefined && names.includes(named)) return named;
  const [only] = names;
  if (named === undefined && names.length === 1 && only !== undefined) return only;
  const list = names.length === 0 ? "the store knows no capsule" : `there are ${names.join(", ")}`;
  throw new DoterosError("usage", named === undefined ? `which capsule is not said, and ${list}` : `the store knows no capsule ${JSON.stringify(named)}; ${list}`, {
    help: names.length === 0 ? "run a capsule with --store first" : `add --capsule ${names[0] ?? "NAME"}`,
  });
}
