import { HTTP_HEADERS_BYTES_MAX } from "../../../contract/limits.ts";
import type { NetworkFailure } from "../../../contract/network.ts";
import type { HttpErrorCode } from "./error-code.ts";

const CODES: Readonly<Partial<Record<NetworkFailure, HttpErrorCode>>> = {
  denied: { tag: "HTTP-request-denied" },
  invalid: { tag: "HTTP-request-URI-invalid" },
  unreachable: { tag: "destination-unavailable" },
  "not-bindable": { tag: "destination-unavailable" },
  refused: { tag: "connection-refused" },
  reset: { tag: "connection-terminated" },
  aborted: { tag: "connection-terminated" },
  closed: { tag: "connection-terminated" },
  timeout: { tag: "connection-timeout" },
  "read-timeout": { tag: "connection-read-timeout" },
  "name-unknown": { tag: "DNS-error", val: { rcode: undefined, infoCode: undefined } },
  "lookup-failed": { tag: "DNS-error", val: { rcode: undefined, infoCode: undefined } },
  "lookup-postponed": { tag: "DNS-timeout" },
  "tls-certificate": { tag: "TLS-certificate-error" },
  "tls-protocol": { tag: "TLS-protocol-error" },
  protocol: { tag: "HTTP-protocol-error" },
  "headers-too-large": { tag: "HTTP-response-header-section-size", val: HTTP_HEADERS_BYTES_MAX },
  incomplete: { tag: "HTTP-response-incomplete" },
};

/**
 * The error code for what failed.
 *
 * @param isAnswered whether the response had begun
 */
export function httpCodeOf(failure: NetworkFailure, reason: string, isAnswered: boolean): HttpErrorCode {
  const code = CODES[failure] ?? { tag: "internal-error", val: reason };
  return isAnswered && code.tag === "connection-terminated" ? { tag: "HTTP-response-incomplete" } : code;
}
