import type { ExchangeRequest } from "../../../contract/network.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { accessOf, canonicalHost, type NetworkAccess, tellDenied } from "../sockets/access.ts";
import { isHost } from "../sockets/host-name.ts";
import type { HttpErrorCode } from "./error-code.ts";
import { Exchange } from "./exchange.ts";
import { FutureIncomingResponse } from "./incoming-response.ts";
import type { OutgoingRequest, RequestOptions } from "./outgoing-request.ts";

const AUTHORITY = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d{1,5}))?$/;
const PORT_MAX = 65_535;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** The functions of wasi:http/outgoing-handler. */
export function outgoingHandler(transition: Transition): { handle(request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse } {
  return {
    handle({ request }, options) {
      transition.charge(CALL_FUEL);
      const { method, path, scheme = "https", authority = "", headers, body } = request;
      if (scheme !== "http" && scheme !== "https") fail({ tag: "HTTP-protocol-error" });
      // It would make a tunnel of the connection.
      if (method === "CONNECT") fail({ tag: "HTTP-protocol-error" });
      const isSecure = scheme === "https";
      const { host, port } = addressOf(authority, isSecure ? 443 : 80);
      if (path === undefined || path === "") return fail({ tag: "HTTP-request-URI-invalid" });
      const access = accessOf(transition);
      if (access?.mayRequest(method, `${scheme}://${authority}${path}`, host, port) !== true) return deny(transition, access, host, port);
      const asked: ExchangeRequest = { isSecure, host, port, method, path, headers, ...timeouts(options) };
      const exchange = new Exchange({
        asked,
        hasBody: body !== undefined,
        poll: () => access.poll(),
        begin: (whole) => access.tryBegin({ kind: "exchange", request: whole }) ?? fail({ tag: "connection-limit-reached" }),
      });
      body?.goTo(exchange.target);
      return new FutureIncomingResponse(transition, exchange.source);
    },
  };
}

/** @throws ComponentError `HTTP-request-denied` */
function deny(transition: Transition, access: NetworkAccess | undefined, host: string, port: number): never {
  if (access?.isGranted(host, port) !== true) tellDenied(transition, host, port);
  fail({ tag: "HTTP-request-denied" });
}

/** @throws ComponentError for what is no address of a server */
function addressOf(authority: string, otherwise: number): { host: string; port: number } {
  const { host: text = "", port: digits } = AUTHORITY.exec(authority)?.groups ?? {};
  const host = canonicalHost(text);
  const port = digits === undefined ? otherwise : Number(digits);
  return isHost(host) && port > 0 && port <= PORT_MAX ? { host, port } : fail({ tag: "HTTP-request-URI-invalid" });
}

function timeouts(options: RequestOptions | undefined): Pick<ExchangeRequest, "connectMilliseconds" | "firstByteMilliseconds" | "betweenBytesMilliseconds"> {
  return {
    connectMilliseconds: milliseconds(options?.connectTimeout()),
    firstByteMilliseconds: milliseconds(options?.firstByteTimeout()),
    betweenBytesMilliseconds: milliseconds(options?.betweenBytesTimeout()),
  };
}

function milliseconds(duration: bigint | undefined): number | undefined {
  return duration === undefined ? undefined : Math.ceil(Number(duration) / NANOSECONDS_PER_MILLISECOND);
}

/** @throws ComponentError always */
function fail(code: HttpErrorCode): never {
  refuse(code);
}
