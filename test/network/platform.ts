import type { Platform } from "../../host/contract/platform.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { nodeOutside } from "../../host/platform/node/outside/index.ts";

/** What runs in the thread for the network: as it is built, because Node cannot run it as it is written. */
export const NETWORK_ENTRY = new URL("../../dist/node-network.js", import.meta.url);

/** Node with what lies outside. */
export const outsidePlatform: Platform = { ...nodePlatform, outside: nodeOutside(NETWORK_ENTRY) };
