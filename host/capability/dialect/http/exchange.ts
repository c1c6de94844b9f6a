import { ComponentError } from "../../../contract/error.ts";
import { type HeaderPair, isForbidden } from "../../../contract/http-message.ts";
import { NETWORK_WINDOW_BYTES } from "../../../contract/limits.ts";
import type { ExchangeRequest, NetworkEnd, NetworkEvent } from "../../../contract/network.ts";
import { InputQueue } from "../io/input-queue.ts";
import type { Sink } from "../io/output-stream.ts";
import { OutputWindow } from "../io/output-window.ts";
import { failBody, type HttpErrorCode } from "./error-code.ts";
import { httpCodeOf } from "./failure-code.ts";
import type { TrailerSource } from "./incoming-body.ts";
import type { ReceivedResponse, ResponseSource } from "./incoming-response.ts";
import type { BodyTarget } from "./outgoing-body.ts";

/** Methods whose requests say that they have no body when they have none. */
const WITH_LENGTH: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** What an exchange is begun with. */
interface ExchangeParts {
  readonly asked: ExchangeRequest;
  /** Whether there may be a body. */
  readonly hasBody: boolean;
  /** Takes in what arrived. */
  readonly poll: () => void;
  /** @throws ComponentError when there are too many */
  readonly begin: (request: ExchangeRequest) => NetworkEnd;
}

/**
 * A request and its response. It leaves when the body has ended, or there is so much of it, or the capsule waits: until then it
 * is not known how long the body is, which a server likes to be told.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  #end: NetworkEnd | undefined;
  #input: InputQueue | undefined;
  #output: OutputWindow | undefined;
  #sink: Sink | undefined;
  /** The body, as far as it waits to be known whole. */
  #held: Uint8Array | undefined;
  #head: Pick<ReceivedResponse, "status" | "headers"> | undefined;
  #trailers: readonly HeaderPair[] | undefined;
  #failure: HttpErrorCode | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    if (!parts.hasBody) this.#finish([]);
  }

  /** Where the body of the request goes. */
  get target(): BodyTarget {
    return {
      sink: {
        ready: () => this.#begun().ready(),
        room: () => (this.#end === undefined ? NETWORK_WINDOW_BYTES - (this.#held?.length ?? 0) : this.#begun().room()),
        write: (bytes) => this.#write(bytes),
        flush: () => this.#begun().flush(),
      },
      finish: (trailers) => this.#finish(trailers ?? []),
      abort: () => this.#end?.close(),
    };
  }

  /** Where its response comes from. */
  get source(): ResponseSource {
    return {
      ready: () => {
        this.#begun();
        this.#parts.poll();
        return this.#head !== undefined || this.#failure !== undefined;
      },
      take: () => this.#take(),
      close: () => this.#end?.close(),
    };
  }

  #take(): ReceivedResponse {
    const { poll } = this.#parts;
    const input = this.#input;
    if (this.#head === undefined || input === undefined) throw new ComponentError(this.#failure);
    let isLeft = false;
    const trailers: TrailerSource = {
      ready: () => {
        // Whoever asks for what comes after the body has read of it what there was to read.
        if (!isLeft) input.stop();
        isLeft = true;
        poll();
        return this.#trailers !== undefined || this.#failure !== undefined;
      },
      take: () => this.#failure ?? (this.#trailers?.length === 0 ? undefined : this.#trailers),
      close: () => this.#end?.close(),
    };
    // A body that is not read to its end ends here.
    const source = input.source(() => undefined);
    return { ...this.#head, body: { source, trailers, close: () => this.#end?.close() } };
  }

  #write(bytes: Uint8Array): void {
    if (this.#end === undefined && this.#held === undefined) this.#held = bytes.slice();
    else this.#begun().write(bytes);
  }

  #finish(trailers: readonly HeaderPair[]): void {
    if (this.#end === undefined) {
      const length = this.#held?.length ?? 0;
      const isSaid = length > 0 || WITH_LENGTH.has(this.#parts.asked.method);
      this.#begin(trailers.length > 0 ? ["transfer-encoding", "chunked"] : isSaid ? ["content-length", String(length)] : undefined);
    }
    this.#end?.send({ order: "finish", trailers });
  }

  /** Where the body goes once the request has left. */
  #begun(): Sink {
    if (this.#end === undefined) this.#begin(["transfer-encoding", "chunked"]);
    return this.#sink as Sink;
  }

  /** @param framing says how long the body is, where its headers do not */
  #begin(framing: HeaderPair | undefined): void {
    const { asked, poll, begin } = this.#parts;
    const isSaid = framing === undefined || asked.headers.some(([name]) => name.toLowerCase() === "content-length");
    const end = begin(isSaid ? asked : { ...asked, headers: [...asked.headers, framing] });
    const fail = (): never => failBody(this.#failure ?? { tag: "connection-terminated" });
    this.#end = end;
    this.#input = new InputQueue(end, poll, fail);
    this.#output = new OutputWindow(end, poll, NETWORK_WINDOW_BYTES, fail);
    this.#sink = this.#output.sink(() => undefined);
    end.receive = (event) => this.#receive(event);
    if (this.#held !== undefined) this.#sink.write(this.#held);
    this.#held = undefined;
  }

  #receive(event: NetworkEvent): void {
    // What is about the connection is the host's affair, as it is in a request.
    if (event.event === "response") this.#head = { status: event.status, headers: event.headers.filter(([name]) => !isForbidden(name)) };
    else if (event.event === "end") this.#trailers = event.trailers;
    else if (event.event === "failed") this.#failure = httpCodeOf(event.failure, event.reason, this.#head !== undefined);
    this.#input?.receive(event);
    this.#output?.receive(event);
    if (event.event === "end" || event.event === "failed") this.#end?.close();
  }
}
