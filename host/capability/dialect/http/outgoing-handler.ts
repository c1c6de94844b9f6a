import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import type { HttpErrorCode } from "./error-code.ts";
import type { FutureIncomingResponse } from "./incoming-response.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";

/** The functions of wasi:http/outgoing-handler. */
export function outgoingHandler(transition: Transition): { handle(request: OutgoingRequest): FutureIncomingResponse } {
  return {
    handle({ request: { authority = "HOST", scheme } }) {
      transition.charge(CALL_FUEL);
      const host = /:\d+$/.test(authority) ? authority : `${authority}:${scheme === "http" ? "80" : "443"}`;
      refuse({ tag: "internal-error", val: `it may make no requests: what would grant this one is --grant net:${host}` } satisfies HttpErrorCode);
    },
  };
}
