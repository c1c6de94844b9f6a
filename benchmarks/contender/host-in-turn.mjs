// The whole host again, given the next message when the last one is handled and committed.
import { loadHost, prepare, version } from "./host.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, 1);
