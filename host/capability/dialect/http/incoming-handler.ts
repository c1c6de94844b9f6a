import type { Handler } from "../../../contract/capsule-world.ts";
import { DoterosError } from "../../../contract/error.ts";
import { type HeaderPair, mediaTypeOf, requestOf, responseHeaders } from "../../../contract/http-message.ts";
import { isStreamed } from "../../../contract/http-stream.ts";
import { TYPE_NAME_LENGTH_MAX } from "../../../contract/limits.ts";
import type { Message } from "../../../contract/message.ts";
import { fault } from "../../fault.ts";
import { send } from "../../messaging.ts";
import type { Transition } from "../../transition.ts";
import { Body, bodySink } from "../io/body.ts";
import { bytesSource } from "../io/input-stream.ts";
import { errorText } from "./error-code.ts";
import { IncomingRequest } from "./incoming-request.ts";
import type { BodyTarget } from "./outgoing-body.ts";
import { type Answer, ResponseOutparam, type ResponseToSend } from "./outgoing-response.ts";
import { StreamedRequest } from "./streamed.ts";

/** The functions of wasi:http/incoming-handler. */
interface IncomingHandler {
  handle(request: IncomingRequest, answer: ResponseOutparam): void;
}

/** A request is a message, and its response the message that goes to whom it asks for an answer to. */
export function adapt(exported: unknown, transition: Transition): Handler {
  const handler = exported as IncomingHandler;
  return {
    handle(message) {
      if (isStreamed(message)) return handleStreamed(handler, transition, message);
      let answer: Answer | undefined;
      const request = new IncomingRequest(transition, requestOf(message), { source: bytesSource(message.payload) });
      const collected = new CollectedBody(transition.limits.payloadBytesMax);
      handler.handle(
        request,
        new ResponseOutparam(transition, (given) => {
          answer = given;
          if (given.tag === "ok") given.val.response.body?.goTo(collected);
        }),
      );
      const response = responseOf(answer, collected);
      if (message.replyTo === undefined) return;
      const { status, headers } = response;
      const payload = collected.bytes();
      const head = { status, headers, trailers: collected.trailers ?? [] };
      send(transition, { subject: message.replyTo, contentType: mediaTypeOf(headers, TYPE_NAME_LENGTH_MAX), headers: responseHeaders(head), payload });
    },
  };
}

/** The response leaves while it is written. What is sent in the end says that it was. */
function handleStreamed(handler: IncomingHandler, transition: Transition, message: Message): void {
  const streamed = new StreamedRequest(transition, message);
  let answer: Answer | undefined;
  const out = new ResponseOutparam(transition, (given) => {
    answer = given;
    if (given.tag === "ok") streamed.begin(given.val.response);
  });
  streamed.during(() => handler.handle(streamed.request, out));
  const { status, headers } = responseOf(answer, streamed);
  if (message.replyTo !== undefined) send(transition, { subject: message.replyTo, headers: responseHeaders({ status, headers, trailers: [] }), payload: new Uint8Array() });
}

/**
 * The response, when it is a whole one.
 *
 * @throws ComponentError the fault `failed` with the error code that was answered
 * @throws DoterosError `trap` when there is none, or its body has no end
 */
function responseOf(answer: Answer | undefined, body: { readonly hasEnded: boolean }): ResponseToSend {
  if (answer === undefined) throw new DoterosError("trap", "it returned without a response: it did not call response-outparam.set");
  if (answer.tag === "err") fault("failed", `it answered with the error ${errorText(answer.val)}`);
  const { response } = answer.val;
  if (response.body === undefined || body.hasEnded) return response;
  throw new DoterosError("trap", "it returned before the body of its response had come to its end: it did not call outgoing-body.finish, or wrote more or less than its content-length");
}

/** A body that leaves when it is whole. */
class CollectedBody implements BodyTarget {
  readonly #body = new Body();
  readonly sink;
  hasEnded = false;
  trailers: readonly HeaderPair[] | undefined;

  constructor(bytesMax: number) {
    this.sink = bodySink(this.#body, bytesMax);
  }

  finish(trailers: readonly HeaderPair[] | undefined): void {
    this.hasEnded = true;
    this.trailers = trailers;
  }

  abort(): void {
    // Whoever has not ended it has not.
  }

  bytes(): Uint8Array {
    return this.#body.bytes(0);
  }
}
