import { CALL_FUEL, type Transition } from "../transition.ts";
import { faultText, inTerms, refuse } from "./dialect.ts";
import { Body, bodySink } from "./io/body.ts";
import { bytesSource, InputStream } from "./io/input-stream.ts";
import { OutputStream } from "./io/output-stream.ts";

/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;

/** What has been read of an object. */
export class IncomingValue {
  readonly #transition: Transition;
  readonly #bytes: Uint8Array;

  constructor(transition: Transition, bytes: Uint8Array) {
    this.#transition = transition;
    this.#bytes = bytes;
  }

  static incomingValueConsumeSync(value: IncomingValue): Uint8Array {
    value.#transition.charge(CALL_FUEL + (value.#bytes.length >> BYTES_PER_UNIT_BITS));
    return value.#bytes;
  }

  static incomingValueConsumeAsync(value: IncomingValue): InputStream {
    value.#transition.charge(CALL_FUEL);
    return new InputStream(value.#transition, bytesSource(value.#bytes));
  }

  size(): bigint {
    this.#transition.charge(CALL_FUEL);
    return BigInt(this.#bytes.length);
  }
}

/**
 * What is to be written to an object. It may be handed over before its body is written or after: what is there by then is
 * written at once, and the rest when it is finished.
 */
export class OutgoingValue {
  readonly #transition: Transition;
  readonly #body = new Body();
  #isOpened = false;
  #write: ((body: Body) => void) | undefined;
  #written = -1;

  constructor(transition: Transition) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
  }

  outgoingValueWriteBody(): OutputStream {
    this.#transition.charge(CALL_FUEL);
    if (this.#isOpened) refuse(undefined);
    this.#isOpened = true;
    return new OutputStream(this.#transition, bodySink(this.#body, this.#transition.limits.payloadBytesMax));
  }

  /** Hands it over to who writes a body. @throws ComponentError the faults of writing */
  goTo(write: (body: Body) => void): void {
    this.#write = write;
    this.#flush();
  }

  static finish(value: OutgoingValue): void {
    value.#transition.charge(CALL_FUEL);
    inTerms(faultText, () => value.#flush());
  }

  #flush(): void {
    if (this.#written === this.#body.length) return;
    this.#write?.(this.#body);
    this.#written = this.#body.length;
  }
}

/** The class, whose static function makes values of this capsule. */
export function outgoingValueOf(transition: Transition): typeof OutgoingValue {
  return class extends OutgoingValue {
    static newOutgoingValue(): OutgoingValue {
      return new this(transition);
    }
  };
}
