import { type ResourceLimits, Worker } from "node:worker_threads";
import type { ThreadEvents, ThreadPort } from "../../contract/platform.ts";

/**
 * Starts threads of Node.
 *
 * @param entry what runs in them
 * @param resourceLimits what V8 allows each of them; default: what it allows the process
 */
export function nodeThreads(entry: URL, resourceLimits?: ResourceLimits): (events: ThreadEvents) => ThreadPort {
  return (events) => {
    // What the process was started with may be for its own file alone.
    const worker = new Worker(entry, { execArgv: [], ...(resourceLimits === undefined ? {} : { resourceLimits }) });
    let isEnded = false;
    const ended = (reason: string): void => {
      if (!isEnded) events.ended(reason);
      isEnded = true;
    };
    worker.on("message", (message: unknown) => events.message(message));
    worker.on("messageerror", (error) => ended(`sent what cannot be read: ${error.message}`));
    worker.on("error", (error: Error & { code?: string }) => ended(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "ran out of memory" : `failed: ${error.message}`));
    worker.on("exit", (code) => ended(`ended with exit code ${code}`));
    worker.unref();
    return {
      post: (message, moved = []) => worker.postMessage(message, moved),
      terminate: async () => {
        await worker.terminate();
      },
    };
  };
}
