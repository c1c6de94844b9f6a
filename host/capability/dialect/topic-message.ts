import type { Message } from "../../contract/message.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";

/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;
/** What a pair of metadata costs, in units of fuel. */
const PAIR_FUEL = 200;

/** A message of wasi:messaging: those that come in, and those that are made to be sent. */
export class TopicMessage {
  /** Where an answer to it goes, which wasi:messaging does not show. */
  readonly replyTo: string | undefined;
  readonly #topic: string | undefined;
  readonly #transition: Transition;
  #data: Uint8Array;
  #contentType: string | undefined;
  #metadata: (readonly [string, string])[] = [];

  constructor(transition: Transition, data: Uint8Array, topic?: string, replyTo?: string) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#data = data;
    this.#topic = topic;
    this.replyTo = replyTo;
  }

  /** A message that came in. */
  static of({ subject, replyTo, contentType, headers, payload }: Message, transition: Transition): TopicMessage {
    const made = new TopicMessage(transition, payload, subject, replyTo);
    made.#contentType = contentType;
    made.#metadata = [...headers];
    return made;
  }

  /** What is sent when it is sent there. */
  to(subject: string): Message {
    return { subject, contentType: this.#contentType, headers: this.#metadata, payload: this.#data };
  }

  topic(): string | undefined {
    this.#transition.charge(CALL_FUEL);
    return this.#topic;
  }

  contentType(): string | undefined {
    this.#transition.charge(CALL_FUEL);
    return this.#contentType;
  }

  setContentType(contentType: string): void {
    this.#transition.charge(CALL_FUEL);
    this.#contentType = contentType;
  }

  data(): Uint8Array {
    this.#transition.charge(CALL_FUEL + (this.#data.length >> BYTES_PER_UNIT_BITS));
    return this.#data;
  }

  setData(data: Uint8Array): void {
    this.#transition.charge(CALL_FUEL + (data.length >> BYTES_PER_UNIT_BITS));
    this.#data = data;
  }

  metadata(): readonly (readonly [string, string])[] | undefined {
    this.#chargePairs(this.#metadata.length);
    return this.#metadata.length === 0 ? undefined : this.#metadata;
  }

  addMetadata(key: string, value: string): void {
    this.#chargePairs(this.#metadata.length);
    this.#metadata = [...without(this.#metadata, key), [key, value]];
  }

  setMetadata(metadata: readonly (readonly [string, string])[]): void {
    this.#chargePairs(metadata.length);
    this.#metadata = [...metadata];
  }

  removeMetadata(key: string): void {
    this.#chargePairs(this.#metadata.length);
    this.#metadata = without(this.#metadata, key);
  }

  #chargePairs(count: number): void {
    this.#transition.charge(CALL_FUEL + count * PAIR_FUEL);
  }
}

function without(pairs: readonly (readonly [string, string])[], key: string): (readonly [string, string])[] {
  return pairs.filter(([name]) => name !== key);
}
