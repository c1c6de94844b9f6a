import type { HeaderPair } from "../../../contract/http-message.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { Body, bodySink } from "../io/body.ts";
import { OutputStream, type Sink } from "../io/output-stream.ts";
import { failBody, type HttpErrorCode } from "./error-code.ts";
import type { Fields } from "./fields.ts";

/** The most digits of a length that are read: more is no length. */
const LENGTH = /^\d{1,15}$/;

/** Where a body goes. */
export interface BodyTarget {
  readonly sink: Sink;
  /** The body has ended, with what comes after it. @throws ComponentError an error code */
  finish(trailers: readonly HeaderPair[] | undefined): void;
  /** The body does not come to its end. */
  abort(): void;
}

/**
 * The resource `outgoing-body` of wasi:http. What is written before it is known where it goes is kept, up to the length of a
 * payload.
 */
export class OutgoingBody {
  readonly #transition: Transition;
  readonly #kind: "request" | "response";
  /** How many bytes its headers say that there are. */
  readonly #declared: number | undefined;
  readonly #kept = new Body();
  readonly #keeping: Sink;
  #target: BodyTarget | undefined;
  #written = 0;
  #isOpened = false;
  #end: { readonly trailers: readonly HeaderPair[] | undefined } | undefined;
  #isAborted = false;

  constructor(transition: Transition, kind: "request" | "response", headers: readonly HeaderPair[]) {
    this.#transition = transition;
    this.#kind = kind;
    const length = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1];
    this.#declared = length !== undefined && LENGTH.test(length) ? Number(length) : undefined;
    this.#keeping = bodySink(this.#kept, transition.limits.payloadBytesMax);
  }

  /** Has the body go there: what was written of it, and what will be. @throws ComponentError as the target does */
  goTo(target: BodyTarget): void {
    this.#target = target;
    if (this.#kept.length > 0) target.sink.write(this.#kept.bytes(0));
    if (this.#end !== undefined) target.finish(this.#end.trailers);
    else if (this.#isAborted) target.abort();
  }

  write(): OutputStream {
    this.#transition.charge(CALL_FUEL);
    if (this.#isOpened) refuse(undefined);
    this.#isOpened = true;
    return new OutputStream(this.#transition, {
      ready: () => this.#sink.ready(),
      room: () => this.#sink.room(),
      write: (bytes) => {
        this.#written += bytes.length;
        if (this.#declared !== undefined && this.#written > this.#declared) failBody(this.#wrongSize());
        this.#sink.write(bytes);
      },
      flush: () => this.#sink.flush(),
    });
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    body.#transition.charge(CALL_FUEL);
    if (body.#declared !== undefined && body.#written !== body.#declared) {
      body.#abort();
      refuse(body.#wrongSize());
    }
    body.#end = { trailers: trailers?.pairs };
    body.#target?.finish(trailers?.pairs);
  }

  /** Who drops a body without finishing it has not come to its end. */
  [Symbol.dispose](): void {
    this.#abort();
  }

  #abort(): void {
    if (this.#end !== undefined || this.#isAborted) return;
    this.#isAborted = true;
    this.#target?.abort();
  }

  get #sink(): Sink {
    return this.#target?.sink ?? this.#keeping;
  }

  #wrongSize(): HttpErrorCode {
    return { tag: this.#kind === "request" ? "HTTP-request-body-size" : "HTTP-response-body-size", val: BigInt(this.#written) };
  }
}
