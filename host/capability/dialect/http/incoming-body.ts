import type { HeaderPair } from "../../../contract/http-message.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { DISPOSE } from "../io/dispose.ts";
import { InputStream, type Source } from "../io/input-stream.ts";
import type { Waitable } from "../io/pollable.ts";
import type { HttpErrorCode } from "./error-code.ts";
import { Fields } from "./fields.ts";
import { Future, type Outcome } from "./future.ts";

/** What comes after a body. It is ready when it is known whether there is something. */
export interface TrailerSource extends Waitable {
  /** The trailers, once it is ready; undefined for none, or why the body did not end. */
  take(): readonly HeaderPair[] | HttpErrorCode | undefined;
  /** The capsule has it no more. */
  close?(): void;
}

/** A body that comes in. */
export interface ReceivedBody {
  readonly source: Source;
  /** Undefined when nothing comes after it. */
  readonly trailers?: TrailerSource | undefined;
  /** The capsule has it no more. */
  readonly close?: (() => void) | undefined;
}

const NO_TRAILERS: TrailerSource = { ready: () => true, take: () => undefined };

/** The resource `incoming-body` of wasi:http. */
export class IncomingBody {
  readonly #transition: Transition;
  readonly #body: ReceivedBody;
  #isRead = false;

  constructor(transition: Transition, body: ReceivedBody) {
    this.#transition = transition;
    this.#body = body;
  }

  stream(): InputStream {
    this.#transition.charge(CALL_FUEL);
    if (this.#isRead) refuse(undefined);
    this.#isRead = true;
    return new InputStream(this.#transition, this.#body.source);
  }

  [DISPOSE](): void {
    this.#body.close?.();
  }

  /** Who asks for what comes after a body has it still. */
  static finish(body: IncomingBody): FutureTrailers {
    return new FutureTrailers(body.#transition, body.#body.trailers ?? NO_TRAILERS);
  }
}

/** The resource `future-trailers` of wasi:http. */
export class FutureTrailers extends Future<TrailerSource> {
  [DISPOSE](): void {
    this.source.close?.();
  }

  protected outcome(): Outcome {
    const found = this.source.take();
    if (found !== undefined && "tag" in found) return { tag: "err", val: found };
    return { tag: "ok", val: found && new Fields(this.transition, found, false) };
  }
}
