import type { HeaderPair } from "../../../contract/http-message.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import type { HttpErrorCode } from "./error-code.ts";
import { Fields } from "./fields.ts";
import { OutgoingBody } from "./outgoing-body.ts";

const STATUS_DEFAULT = 200;
const STATUS_MIN = 200;
const STATUS_MAX = 599;

/** A response that a capsule makes. */
export interface ResponseToSend {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** Undefined when nobody asked for it: then there is none. */
  readonly body: OutgoingBody | undefined;
}

/** The resource `outgoing-response` of wasi:http. */
export class OutgoingResponse {
  readonly #transition: Transition;
  readonly #headers: readonly HeaderPair[];
  #status = STATUS_DEFAULT;
  #body: OutgoingBody | undefined;

  constructor(transition: Transition, headers: readonly HeaderPair[]) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#headers = headers;
  }

  /** All that was said. */
  get response(): ResponseToSend {
    return { status: this.#status, headers: this.#headers, body: this.#body };
  }

  statusCode(): number {
    this.#transition.charge(CALL_FUEL);
    return this.#status;
  }

  /** What comes before a response, below 200, is not the guest's to say. */
  setStatusCode(status: number): void {
    this.#transition.charge(CALL_FUEL);
    if (status < STATUS_MIN || status > STATUS_MAX) refuse(undefined);
    this.#status = status;
  }

  headers(): Fields {
    return new Fields(this.#transition, this.#headers, false);
  }

  body(): OutgoingBody {
    this.#transition.charge(CALL_FUEL);
    if (this.#body !== undefined) refuse(undefined);
    this.#body = new OutgoingBody(this.#transition, "response", this.#headers);
    return this.#body;
  }
}

/** The class that makes responses of a capsule. */
export function outgoingResponseOf(transition: Transition): typeof OutgoingResponse {
  return class extends OutgoingResponse {
    constructor(...[headers]: unknown[]) {
      super(transition, (headers as Fields).pairs);
    }
  };
}

/** What a capsule says its response is. */
export type Answer = { readonly tag: "ok"; readonly val: OutgoingResponse } | { readonly tag: "err"; readonly val: HttpErrorCode };

/** The resource `response-outparam` of wasi:http. */
export class ResponseOutparam {
  readonly #transition: Transition;
  readonly #answer: (answer: Answer) => void;

  /** @param answer is called once at most */
  constructor(transition: Transition, answer: (answer: Answer) => void) {
    this.#transition = transition;
    this.#answer = answer;
  }

  static set(param: ResponseOutparam, answer: Answer): void {
    param.#transition.charge(CALL_FUEL);
    param.#answer(answer);
  }
}
