import type { OpenOutside } from "../../../contract/outside.ts";

/** Loads what opens folders, streams, clocks and sockets with the modules of Node, which Deno and Bun have, too. */
export async function nodeOutside(): Promise<OpenOutside> {
  const { openOutside } = await import("./open.ts");
  return openOutside;
}
