// The whole host with a store in memory, given all the messages at once: it ends when each is handled and committed.
import { createHost } from "doteros-wasm/node";
import { hosted } from "../hosted.mjs";

export { version } from "./doteros.mjs";

/** @param {Uint8Array} component */
export const prepare = (component) => component;

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, Number.POSITIVE_INFINITY);

/** The same as `hosted`, in this runtime. */
export const loadHost = (...words) => hosted(createHost, ...words);
