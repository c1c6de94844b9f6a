import type { ExchangeRequest } from "../../../contract/network.ts";
import { refuse } from "../dialect.ts";
import { canonicalHost, type NetworkAccess } from "../sockets/access.ts";
import { isHost } from "../sockets/host-name.ts";
import type { HttpErrorCode } from "./error-code.ts";
import { Exchange } from "./exchange.ts";
import type { RequestToSend } from "./outgoing-request.ts";

const AUTHORITY = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d{1,5}))?$/;
const PORT_MAX = 65_535;

/** How long an exchange may take. */
export type Timeouts = Pick<ExchangeRequest, "connectMilliseconds" | "firstByteMilliseconds" | "betweenBytesMilliseconds">;

/**
 * What is to be exchanged for a request, and its URL, which a policy is asked about.
 *
 * @throws ComponentError an error code, for what is no request that could be made
 */
export function toBeExchanged({ method, path, scheme = "https", authority = "", headers }: Omit<RequestToSend, "body">, timeouts: Timeouts): { asked: ExchangeRequest; url: string } {
  if (scheme !== "http" && scheme !== "https") fail({ tag: "HTTP-protocol-error" });
  // It would make a tunnel of the connection.
  if (method === "CONNECT") fail({ tag: "HTTP-protocol-error" });
  const isSecure = scheme === "https";
  const { host, port } = addressOf(authority, isSecure ? 443 : 80);
  if (path === undefined || path === "") return fail({ tag: "HTTP-request-URI-invalid" });
  return { asked: { isSecure, host, port, method, path, headers, ...timeouts }, url: `${scheme}://${authority}${path}` };
}

/** Begins an exchange that is allowed. @throws ComponentError `connection-limit-reached` */
export function beginExchange(access: NetworkAccess, asked: ExchangeRequest, hasBody: boolean): Exchange {
  return new Exchange({
    asked,
    hasBody,
    poll: () => access.poll(),
    begin: (request) => access.tryBegin({ kind: "exchange", request }) ?? fail({ tag: "connection-limit-reached" }),
  });
}

/** @throws ComponentError for what is no address of a server */
function addressOf(authority: string, otherwise: number): { host: string; port: number } {
  const { host: text = "", port: digits } = AUTHORITY.exec(authority)?.groups ?? {};
  const host = canonicalHost(text);
  const port = digits === undefined ? otherwise : Number(digits);
  return isHost(host) && port > 0 && port <= PORT_MAX ? { host, port } : fail({ tag: "HTTP-request-URI-invalid" });
}

/** @throws ComponentError always */
function fail(code: HttpErrorCode): never {
  refuse(code);
}
