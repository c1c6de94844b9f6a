import { DoterosError } from "../../../contract/error.ts";

/** How long a page that was left may take to let go, in milliseconds: one that is loaded again opens its store at once. */
const GRACE_MILLISECONDS = 1_000;

/**
 * Takes the lock of a store for this worker: of all pages of a site one at a time works on it. The browser gives it back when
 * the page is closed, however that happens.
 *
 * @param wait whether to wait until whoever has it is done
 * @returns what gives it back
 * @throws DoterosError `store-in-use`
 */
export async function takeLock(name: string, wait: boolean): Promise<() => void> {
  const signal = wait ? undefined : AbortSignal.timeout(GRACE_MILLISECONDS);
  return new Promise((resolve, reject) => {
    const hold = (): Promise<void> =>
      new Promise((release) => {
        resolve(release);
      });
    navigator.locks.request(`doteros-wasm store ${name}`, signal === undefined ? {} : { signal }, hold).catch((error: unknown) => {
      reject(signal?.aborted === true ? inUse(name) : (error as Error));
    });
  });
}

/** Somebody else works on the store. */
function inUse(name: string): DoterosError {
  return new DoterosError("store-in-use", `the store ${name} is in use by another tab or worker of this site`, {
    where: name,
    help: "close that tab and try again, open the store with { wait: true } to have it when the other is done, or use another name",
  });
}
