// The whole host with its ledger on, everything kept in memory: it ends when each message is handled and committed.
import { MemoryStore } from "../../dist/node.js";
import { loadHost, prepare, version } from "./host.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, Number.POSITIVE_INFINITY, async () => new MemoryStore());
