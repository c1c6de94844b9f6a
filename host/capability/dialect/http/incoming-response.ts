import { ComponentError } from "../../../contract/error.ts";
import type { HeaderPair } from "../../../contract/http-message.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { DISPOSE } from "../io/dispose.ts";
import type { Waitable } from "../io/pollable.ts";
import { Fields } from "./fields.ts";
import { Future, type Outcome } from "./future.ts";
import { IncomingBody, type ReceivedBody } from "./incoming-body.ts";

/** A response that came in. */
export interface ReceivedResponse {
  readonly status: number;
  /** Their names in lower case. */
  readonly headers: readonly HeaderPair[];
  readonly body: ReceivedBody;
}

/** A response that comes in, ready when it is there or it is known that it does not come. */
export interface ResponseSource extends Waitable {
  /** The response, once it is ready. It is asked for once. @throws ComponentError with the error code */
  take(): ReceivedResponse;
  /** The capsule has it no more, and took nothing. */
  close?(): void;
}

/** The resource `incoming-response` of wasi:http. */
export class IncomingResponse {
  readonly #transition: Transition;
  readonly #response: ReceivedResponse;
  #isConsumed = false;

  constructor(transition: Transition, response: ReceivedResponse) {
    this.#transition = transition;
    this.#response = response;
  }

  status(): number {
    this.#transition.charge(CALL_FUEL);
    return this.#response.status;
  }

  headers(): Fields {
    return new Fields(this.#transition, this.#response.headers, false);
  }

  [DISPOSE](): void {
    if (!this.#isConsumed) this.#response.body.close?.();
  }

  consume(): IncomingBody {
    this.#transition.charge(CALL_FUEL);
    if (this.#isConsumed) refuse(undefined);
    this.#isConsumed = true;
    return new IncomingBody(this.#transition, this.#response.body);
  }
}

/** The resource `future-incoming-response` of wasi:http. */
export class FutureIncomingResponse extends Future<ResponseSource> {
  [DISPOSE](): void {
    if (!this.isTaken) this.source.close?.();
  }

  protected outcome(): Outcome {
    try {
      return { tag: "ok", val: new IncomingResponse(this.transition, this.source.take()) };
    } catch (error) {
      if (!(error instanceof ComponentError)) throw error;
      return { tag: "err", val: error.payload };
    }
  }
}
