import type { Server } from "node:http";

/** Serves a folder; port 0 is any that is free. Answers with the server, which listens. */
export function serve(folder: string, port: number): Promise<Server>;
