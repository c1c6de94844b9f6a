// The same, given the next message when the subscriber has heard what came of the last one: a lone round trip.
import { loadHost, prepare, version } from "./host.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, 1, undefined, undefined, "thread");
