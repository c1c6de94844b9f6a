import type { RequestHead } from "../../../contract/http-message.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { Fields } from "./fields.ts";
import { IncomingBody, type ReceivedBody } from "./incoming-body.ts";
import { type Method, methodOf, type Scheme, schemeOf } from "./method.ts";

/** The resource `incoming-request` of wasi:http. */
export class IncomingRequest {
  readonly #transition: Transition;
  readonly #head: RequestHead;
  #body: ReceivedBody | undefined;

  constructor(transition: Transition, head: RequestHead, body: ReceivedBody) {
    this.#transition = transition;
    this.#head = head;
    this.#body = body;
  }

  method(): Method {
    return methodOf(this.#asked().method);
  }

  pathWithQuery(): string | undefined {
    return this.#asked().path;
  }

  scheme(): Scheme | undefined {
    const { scheme } = this.#asked();
    return scheme === undefined ? undefined : schemeOf(scheme);
  }

  authority(): string | undefined {
    return this.#asked().authority;
  }

  headers(): Fields {
    return new Fields(this.#transition, this.#head.headers, false);
  }

  consume(): IncomingBody {
    this.#transition.charge(CALL_FUEL);
    const body = this.#body ?? refuse(undefined);
    this.#body = undefined;
    return new IncomingBody(this.#transition, body);
  }

  #asked(): RequestHead {
    this.#transition.charge(CALL_FUEL);
    return this.#head;
  }
}
