import type { NetworkEvent, NetworkFailure } from "../../../../contract/network.ts";

/** What the codes mean that errors of Node have, and those of its imitations. */
const FAILURES: Readonly<Record<string, NetworkFailure>> = {
  EACCES: "denied",
  EPERM: "denied",
  EINVAL: "invalid",
  ERR_INVALID_ARG_VALUE: "invalid",
  ERR_SOCKET_BAD_PORT: "invalid",
  EAFNOSUPPORT: "unsupported",
  EADDRINUSE: "in-use",
  EADDRNOTAVAIL: "not-bindable",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ECONNABORTED: "aborted",
  ETIMEDOUT: "timeout",
  EMSGSIZE: "too-large",
  ENOTFOUND: "name-unknown",
  ENODATA: "name-unknown",
  EAI_NONAME: "name-unknown",
  EAI_AGAIN: "lookup-postponed",
  EAI_FAIL: "lookup-failed",
  HPE_HEADER_OVERFLOW: "headers-too-large",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls-certificate",
  CERT_HAS_EXPIRED: "tls-certificate",
  CERT_NOT_YET_VALID: "tls-certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls-certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "tls-certificate",
  UNABLE_TO_GET_ISSUER_CERT: "tls-certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls-certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls-certificate",
  EPROTO: "tls-protocol",
};

/** What an error of Node's means. */
export function failed(error: unknown): Extract<NetworkEvent, { readonly event: "failed" }> {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return { event: "failed", failure: failureOf(String(code), String(message)), reason: String(message) };
}

function failureOf(code: string, message: string): NetworkFailure {
  const known = FAILURES[code];
  if (known !== undefined) return known;
  if (code.startsWith("HPE_")) return "protocol";
  if (/^ERR_(?:SSL|TLS)_/.test(code)) return "tls-protocol";
  // Deno has no codes for what it may not do, or does not believe.
  if (/Requires net access|NotCapable/.test(message)) return "denied";
  if (/certificate|UnknownIssuer/i.test(message)) return "tls-certificate";
  return "unknown";
}
