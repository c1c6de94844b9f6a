/**
 * What runs in the thread for connections of HTTP whose bodies are streams.
 *
 * @module
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { serveConnections } from "./platform/node/http/stream/far.ts";
import type { StreamThreadData } from "./platform/node/http/stream/wire.ts";

serveConnections(workerData as StreamThreadData, parentPort as MessagePort);
