// The whole host with the capsule in a thread, given all the messages at once: they cross in batches.
import { loadHost, prepare, version } from "./host.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, Number.POSITIVE_INFINITY, undefined, undefined, "thread");
