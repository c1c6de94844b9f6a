import type { OpenOutside } from "../../../contract/outside.ts";

/**
 * Loads what opens folders, streams, clocks and sockets with the modules of Node, which Deno and Bun have, too.
 *
 * @param entry what runs in the thread for the network
 */
export function nodeOutside(entry: URL): () => Promise<OpenOutside> {
  return async () => {
    const { openOutside } = await import("./open.ts");
    return (rights) => openOutside(rights, entry);
  };
}
