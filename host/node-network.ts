/**
 * What runs in the thread for the network.
 *
 * @module
 */
import { workerData } from "node:worker_threads";
import { serveNetwork, type ThreadData } from "./platform/node/network/far/serve.ts";

serveNetwork(workerData as ThreadData);
