// Extism on a worker thread: what it offers to those who must be able to stop a plug-in.
import { loadPlugin, prepare, version } from "./extism.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadPlugin(bytes, true);
