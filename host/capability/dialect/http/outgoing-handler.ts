import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { accessOf, tellDenied } from "../sockets/access.ts";
import { beginExchange, type Timeouts, toBeExchanged } from "./begin-exchange.ts";
import { FutureIncomingResponse } from "./incoming-response.ts";
import type { OutgoingRequest, RequestOptions } from "./outgoing-request.ts";

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** The functions of wasi:http/outgoing-handler. */
export function outgoingHandler(transition: Transition): { handle(request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse } {
  return {
    handle({ request }, options) {
      transition.charge(CALL_FUEL);
      const { asked, url } = toBeExchanged(request, timeouts(options));
      const access = accessOf(transition);
      if (access?.mayRequest(asked.method, url, asked.host, asked.port) !== true) {
        if (access?.isGranted(asked.host, asked.port) !== true) tellDenied(transition, asked.host, asked.port);
        return refuse({ tag: "HTTP-request-denied" });
      }
      const { body } = request;
      const exchange = beginExchange(access, asked, body !== undefined);
      body?.goTo(exchange.target);
      return new FutureIncomingResponse(transition, exchange.source);
    },
  };
}

function timeouts(options: RequestOptions | undefined): Timeouts {
  return {
    connectMilliseconds: milliseconds(options?.connectTimeout()),
    firstByteMilliseconds: milliseconds(options?.firstByteTimeout()),
    betweenBytesMilliseconds: milliseconds(options?.betweenBytesTimeout()),
  };
}

function milliseconds(duration: bigint | undefined): number | undefined {
  return duration === undefined ? undefined : Math.ceil(Number(duration) / NANOSECONDS_PER_MILLISECOND);
}
