import { ErrorCode, Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam } from "./bindings/types";
import { Result } from "./bindings/value";

/** Greets whoever asks. */
export function handle(request: IncomingRequest, out: ResponseOutparam): void {
  const headers = new Fields();
  headers.append("content-type", Uint8Array.wrap(String.UTF8.encode("text/plain")));
  const response = new OutgoingResponse(headers);
  const body = response.body().value;
  ResponseOutparam.set(out, Result.ok<OutgoingResponse, ErrorCode>(response));
  const stream = body.write().value;
  stream.blockingWriteAndFlush(Uint8Array.wrap(String.UTF8.encode("Hello, world!\n")));
  stream.drop();
  OutgoingBody.finish(body, null);
  request.drop();
}
