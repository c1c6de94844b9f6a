import { DoterosError } from "../../../contract/error.ts";

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "there is no such host",
};

/** Why a port cannot be listened on. */
export function unavailable(cause: NodeJS.ErrnoException, port: number, hostname: string): DoterosError {
  const why = REASONS[cause.code ?? ""] ?? cause.message;
  return new DoterosError("port-unavailable", `cannot listen on port ${port} of ${hostname}: ${why}`, { help: "choose another port, or 0 for any that is free", cause });
}
