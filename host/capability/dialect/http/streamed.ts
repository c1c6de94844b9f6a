import { DoterosError } from "../../../contract/error.ts";
import { type RequestHead, requestOf } from "../../../contract/http-message.ts";
import { type BodyStream, streamOf } from "../../../contract/http-stream.ts";
import type { Message } from "../../../contract/message.ts";
import type { Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import type { Source } from "../io/input-stream.ts";
import type { Sink } from "../io/output-stream.ts";
import { failBody } from "./error-code.ts";
import { IncomingRequest } from "./incoming-request.ts";
import type { BodyTarget } from "./outgoing-body.ts";
import type { ResponseToSend } from "./outgoing-response.ts";

/** A request whose bodies cross over while it is handled. */
export class StreamedRequest {
  readonly #stream: BodyStream;
  readonly #head: RequestHead;
  readonly #transition: Transition;
  hasEnded = false;

  /** @throws DoterosError `trap` when its stream is over, or is in another thread */
  constructor(transition: Transition, message: Message) {
    const stream = streamOf(message);
    if (stream === undefined) throw new DoterosError("trap", "the bodies of this request were a stream, and are gone");
    this.#stream = stream;
    this.#transition = transition;
    this.#head = requestOf({ headers: message.headers.slice(1) });
  }

  get request(): IncomingRequest {
    return new IncomingRequest(this.#transition, this.#head, { source: sourceOf(this.#stream) });
  }

  /** Has the capsule wait for it while it does something. */
  during(work: () => void): void {
    this.#transition.awaited = this.#stream;
    try {
      work();
    } finally {
      this.#transition.awaited = undefined;
    }
  }

  /** The response leaves, as far as it is there, and whatever comes of it. */
  begin({ status, headers, body }: ResponseToSend): void {
    this.#stream.begin(status, headers);
    const target: BodyTarget = {
      sink: sinkOf(this.#stream),
      finish: (trailers = []) => {
        this.hasEnded = true;
        this.#stream.finish(trailers);
      },
      abort: () => undefined,
    };
    if (body === undefined) target.finish([]);
    else body.goTo(target);
  }
}

function sourceOf(stream: BodyStream): Source {
  return {
    ready: () => stream.readable(),
    read(most) {
      try {
        return stream.read(most);
      } catch (error) {
        if (!(error instanceof DoterosError)) throw error;
        return failBody({ tag: "connection-terminated" });
      }
    },
  };
}

function sinkOf(stream: BodyStream): Sink {
  return {
    ready: () => stream.room() !== 0,
    room: () => Math.max(0, stream.room() ?? refuse({ tag: "closed" })),
    write(bytes) {
      const room = stream.room() ?? refuse({ tag: "closed" });
      if (bytes.length > room) throw new DoterosError("trap", `it wrote ${bytes.length} bytes of a response, and check-write allows ${Math.max(0, room)}`);
      stream.write(bytes);
    },
    flush: () => undefined,
  };
}
