import type { HeaderPair } from "../../../contract/http-message.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { Fields } from "./fields.ts";
import { isAuthority, isPath, type Method, methodName, methodOf, type Scheme, schemeName, schemeOf } from "./method.ts";
import { OutgoingBody } from "./outgoing-body.ts";

/** A request that a capsule makes. */
export interface RequestToSend {
  /** As HTTP writes it: `GET`. */
  readonly method: string;
  readonly path: string | undefined;
  /** `http` or `https`, or another one; undefined when it was not said. */
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly headers: readonly HeaderPair[];
  /** Undefined when nobody asked for it: then there is none. */
  readonly body: OutgoingBody | undefined;
}

/** The resource `outgoing-request` of wasi:http. */
export class OutgoingRequest {
  readonly #transition: Transition;
  readonly #headers: readonly HeaderPair[];
  #method = "GET";
  #path: string | undefined;
  #scheme: string | undefined;
  #authority: string | undefined;
  #body: OutgoingBody | undefined;

  constructor(transition: Transition, headers: readonly HeaderPair[]) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#headers = headers;
  }

  /** All that was said. */
  get request(): RequestToSend {
    return { method: this.#method, path: this.#path, scheme: this.#scheme, authority: this.#authority, headers: this.#headers, body: this.#body };
  }

  body(): OutgoingBody {
    this.#transition.charge(CALL_FUEL);
    if (this.#body !== undefined) refuse(undefined);
    this.#body = new OutgoingBody(this.#transition, "request", this.#headers);
    return this.#body;
  }

  method(): Method {
    this.#transition.charge(CALL_FUEL);
    return methodOf(this.#method);
  }

  setMethod(method: Method): void {
    this.#transition.charge(CALL_FUEL);
    this.#method = methodName(method) ?? refuse(undefined);
  }

  pathWithQuery(): string | undefined {
    this.#transition.charge(CALL_FUEL);
    return this.#path;
  }

  setPathWithQuery(path: string | undefined): void {
    this.#transition.charge(CALL_FUEL);
    if (path !== undefined && !isPath(path)) refuse(undefined);
    this.#path = path;
  }

  scheme(): Scheme | undefined {
    this.#transition.charge(CALL_FUEL);
    return this.#scheme === undefined ? undefined : schemeOf(this.#scheme);
  }

  setScheme(scheme: Scheme | undefined): void {
    this.#transition.charge(CALL_FUEL);
    this.#scheme = scheme === undefined ? undefined : (schemeName(scheme) ?? refuse(undefined));
  }

  authority(): string | undefined {
    this.#transition.charge(CALL_FUEL);
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#transition.charge(CALL_FUEL);
    if (authority !== undefined && !isAuthority(authority)) refuse(undefined);
    this.#authority = authority;
  }

  headers(): Fields {
    return new Fields(this.#transition, this.#headers, false);
  }
}

/** The class that makes requests of a capsule. */
export function outgoingRequestOf(transition: Transition): typeof OutgoingRequest {
  return class extends OutgoingRequest {
    constructor(...[headers]: unknown[]) {
      super(transition, (headers as Fields).pairs);
    }
  };
}

/** The resource `request-options` of wasi:http: how long to wait, in nanoseconds; undefined for as long as the host says. */
export class RequestOptions {
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;

  connectTimeout(): bigint | undefined {
    return this.#connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration;
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration;
  }
}
