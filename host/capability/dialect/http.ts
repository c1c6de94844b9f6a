import { requestSubject } from "../../contract/http-message.ts";
import { as, type Offered } from "../interface.ts";
import type { Dialect } from "./dialect.ts";
import { BodyError, ERROR_CODE, type HttpErrorCode } from "./http/error-code.ts";
import { fieldsOf } from "./http/fields.ts";
import { FutureTrailers, IncomingBody } from "./http/incoming-body.ts";
import { adapt } from "./http/incoming-handler.ts";
import { IncomingRequest } from "./http/incoming-request.ts";
import { FutureIncomingResponse, IncomingResponse } from "./http/incoming-response.ts";
import { OutgoingBody } from "./http/outgoing-body.ts";
import { outgoingHandler } from "./http/outgoing-handler.ts";
import { outgoingRequestOf, RequestOptions } from "./http/outgoing-request.ts";
import { outgoingResponseOf, ResponseOutparam } from "./http/outgoing-response.ts";
import type { IoError } from "./io/io-error.ts";

// wasi:http. What it is made of leads nowhere by itself, so it needs no grant.

const TYPES = "wasi:http/types@0.2.6";
const INCOMING_HANDLER = "wasi:http/incoming-handler@0.2.6";
const OUTGOING_HANDLER = "wasi:http/outgoing-handler@0.2.6";
const METHOD = "variant { get, head, post, put, delete, connect, options, trace, patch, other(string) }";
const SCHEME = "variant { HTTP, HTTPS, other(string) }";
const HEADER_ERROR = "variant { invalid-syntax, forbidden, immutable }";
const ENTRIES = "list<tuple<string, list<u8>>>";

/** A function that reads something of a resource. */
const getter = (resource: string, type: string): string => `func(self: borrow<${resource}>) -> ${type}`;
/** One that says something of it, and may be refused. */
const setter = (resource: string, name: string, type: string): string => `func(self: borrow<${resource}>, ${name}: ${type}) -> result`;

const FIELDS: Offered = as(undefined, {
  "http-error-code": `func(err: borrow<error>) -> option<${ERROR_CODE}>`,
  fields: "resource",
  "[constructor]fields": "func() -> fields",
  "[static]fields.from-list": `func(entries: ${ENTRIES}) -> result<fields, ${HEADER_ERROR}>`,
  "[method]fields.get": "func(self: borrow<fields>, name: string) -> list<list<u8>>",
  "[method]fields.has": "func(self: borrow<fields>, name: string) -> bool",
  "[method]fields.set": `func(self: borrow<fields>, name: string, value: list<list<u8>>) -> result<_, ${HEADER_ERROR}>`,
  "[method]fields.delete": `func(self: borrow<fields>, name: string) -> result<_, ${HEADER_ERROR}>`,
  "[method]fields.append": `func(self: borrow<fields>, name: string, value: list<u8>) -> result<_, ${HEADER_ERROR}>`,
  "[method]fields.entries": getter("fields", ENTRIES),
  "[method]fields.clone": getter("fields", "fields"),
});
const REQUESTS: Offered = as(undefined, {
  "incoming-request": "resource",
  "[method]incoming-request.method": getter("incoming-request", METHOD),
  "[method]incoming-request.path-with-query": getter("incoming-request", "option<string>"),
  "[method]incoming-request.scheme": getter("incoming-request", `option<${SCHEME}>`),
  "[method]incoming-request.authority": getter("incoming-request", "option<string>"),
  "[method]incoming-request.headers": getter("incoming-request", "fields"),
  "[method]incoming-request.consume": getter("incoming-request", "result<incoming-body>"),
  "outgoing-request": "resource",
  "[constructor]outgoing-request": "func(headers: fields) -> outgoing-request",
  "[method]outgoing-request.body": getter("outgoing-request", "result<outgoing-body>"),
  "[method]outgoing-request.method": getter("outgoing-request", METHOD),
  "[method]outgoing-request.set-method": setter("outgoing-request", "method", METHOD),
  "[method]outgoing-request.path-with-query": getter("outgoing-request", "option<string>"),
  "[method]outgoing-request.set-path-with-query": setter("outgoing-request", "path-with-query", "option<string>"),
  "[method]outgoing-request.scheme": getter("outgoing-request", `option<${SCHEME}>`),
  "[method]outgoing-request.set-scheme": setter("outgoing-request", "scheme", `option<${SCHEME}>`),
  "[method]outgoing-request.authority": getter("outgoing-request", "option<string>"),
  "[method]outgoing-request.set-authority": setter("outgoing-request", "authority", "option<string>"),
  "[method]outgoing-request.headers": getter("outgoing-request", "fields"),
  "request-options": "resource",
  "[constructor]request-options": "func() -> request-options",
  "[method]request-options.connect-timeout": getter("request-options", "option<u64>"),
  "[method]request-options.set-connect-timeout": setter("request-options", "duration", "option<u64>"),
  "[method]request-options.first-byte-timeout": getter("request-options", "option<u64>"),
  "[method]request-options.set-first-byte-timeout": setter("request-options", "duration", "option<u64>"),
  "[method]request-options.between-bytes-timeout": getter("request-options", "option<u64>"),
  "[method]request-options.set-between-bytes-timeout": setter("request-options", "duration", "option<u64>"),
});
const RESPONSES: Offered = as(undefined, {
  "response-outparam": "resource",
  "[static]response-outparam.set": `func(param: response-outparam, response: result<outgoing-response, ${ERROR_CODE}>)`,
  "incoming-response": "resource",
  "[method]incoming-response.status": getter("incoming-response", "u16"),
  "[method]incoming-response.headers": getter("incoming-response", "fields"),
  "[method]incoming-response.consume": getter("incoming-response", "result<incoming-body>"),
  "outgoing-response": "resource",
  "[constructor]outgoing-response": "func(headers: fields) -> outgoing-response",
  "[method]outgoing-response.status-code": getter("outgoing-response", "u16"),
  "[method]outgoing-response.set-status-code": setter("outgoing-response", "status-code", "u16"),
  "[method]outgoing-response.headers": getter("outgoing-response", "fields"),
  "[method]outgoing-response.body": getter("outgoing-response", "result<outgoing-body>"),
  "future-incoming-response": "resource",
  "[method]future-incoming-response.subscribe": getter("future-incoming-response", "pollable"),
  "[method]future-incoming-response.get": getter("future-incoming-response", `option<result<result<incoming-response, ${ERROR_CODE}>>>`),
});
const BODIES: Offered = as(undefined, {
  "incoming-body": "resource",
  "[method]incoming-body.stream": getter("incoming-body", "result<input-stream>"),
  "[static]incoming-body.finish": "func(this: incoming-body) -> future-trailers",
  "future-trailers": "resource",
  "[method]future-trailers.subscribe": getter("future-trailers", "pollable"),
  "[method]future-trailers.get": getter("future-trailers", `option<result<result<option<fields>, ${ERROR_CODE}>>>`),
  "outgoing-body": "resource",
  "[method]outgoing-body.write": getter("outgoing-body", "result<output-stream>"),
  "[static]outgoing-body.finish": `func(this: outgoing-body, trailers: option<fields>) -> result<_, ${ERROR_CODE}>`,
});

/** wasi:http. */
export const DIALECT: Dialect = {
  interfaces: {
    [TYPES]: { ...FIELDS, ...REQUESTS, ...RESPONSES, ...BODIES },
    [OUTGOING_HANDLER]: as(undefined, { handle: `func(request: outgoing-request, options: option<request-options>) -> result<future-incoming-response, ${ERROR_CODE}>` }),
  },
  make: ({ transition }) => ({
    [TYPES]: {
      httpErrorCode: (error: IoError): HttpErrorCode | undefined => (error instanceof BodyError ? error.code : undefined),
      Fields: fieldsOf(transition),
      IncomingRequest,
      OutgoingRequest: outgoingRequestOf(transition),
      RequestOptions,
      ResponseOutparam,
      IncomingResponse,
      OutgoingResponse: outgoingResponseOf(transition),
      IncomingBody,
      FutureTrailers,
      OutgoingBody,
      FutureIncomingResponse,
    },
    [OUTGOING_HANDLER]: outgoingHandler(transition),
  }),
  handlers: { [INCOMING_HANDLER]: { functions: { handle: "func(request: incoming-request, response-out: response-outparam)" }, adapt, subject: requestSubject, attempts: 1 } },
};
