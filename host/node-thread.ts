/**
 * What runs in a thread of Node: the far end of a host's thread.
 *
 * @module
 */
import { parentPort } from "node:worker_threads";
import { nodePlatform } from "./platform/node/index.ts";
import { nodeOutside } from "./platform/node/outside/index.ts";
import { ThreadEnd } from "./runtime/thread/thread-end.ts";

const end = new ThreadEnd({ ...nodePlatform, outside: nodeOutside(new URL("./node-network.js", import.meta.url)) }, (answer, moved) => parentPort?.postMessage(answer, moved));
parentPort?.on("message", (order: unknown) => end.receive(order));
