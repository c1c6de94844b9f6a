import type { NetworkFailure } from "../../../contract/network.ts";
import { refuse } from "../dialect.ts";

const CODES = [
  "unknown",
  "access-denied",
  "not-supported",
  "invalid-argument",
  "out-of-memory",
  "timeout",
  "concurrency-conflict",
  "not-in-progress",
  "would-block",
  "invalid-state",
  "new-socket-limit",
  "address-not-bindable",
  "address-in-use",
  "remote-unreachable",
  "connection-refused",
  "connection-reset",
  "connection-aborted",
  "datagram-too-large",
  "name-unresolvable",
  "temporary-resolver-failure",
  "permanent-resolver-failure",
] as const;

/** An `error-code` of wasi:sockets. */
export type SocketErrorCode = (typeof CODES)[number];

/** Its type. */
export const ERROR_CODE = `enum { ${CODES.join(", ")} }`;

const MEANINGS: Readonly<Partial<Record<NetworkFailure, SocketErrorCode>>> = {
  denied: "access-denied",
  invalid: "invalid-argument",
  unsupported: "not-supported",
  "in-use": "address-in-use",
  "not-bindable": "address-not-bindable",
  unreachable: "remote-unreachable",
  refused: "connection-refused",
  reset: "connection-reset",
  aborted: "connection-aborted",
  timeout: "timeout",
  "too-large": "datagram-too-large",
  "name-unknown": "name-unresolvable",
  "lookup-postponed": "temporary-resolver-failure",
  "lookup-failed": "permanent-resolver-failure",
};

/** The code for what failed. */
export function codeOf(failure: NetworkFailure): SocketErrorCode {
  return MEANINGS[failure] ?? "unknown";
}

/** Answers a call with a code. @throws ComponentError always */
export function refuseAs(code: SocketErrorCode): never {
  refuse(code);
}
