import { bytesOf, textOf } from "./bytes.ts";
import { soundBytes, soundOptional, soundText } from "./sound.ts";

/** A name and a value that travel with a message. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** A message as the host gives and takes it. */
export interface WitMessage {
  readonly subject: string;
  readonly replyTo: string | null | undefined;
  readonly contentType: string | null | undefined;
  readonly dataType: string | null | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payload: Uint8Array;
}

/** A message, as it arrives in `handle` and as it leaves through `messaging`. */
export class Message {
  /** Tokens joined by `.`, such as `readings.seattle`; at most 255 bytes. */
  subject: string;
  /** The bytes, which the host never looks into. */
  payload: Uint8Array;
  /** The media type of `payload`, such as `application/json`. */
  contentType: string | undefined;
  /** The subject an answer should be sent to, when the sender wants one. */
  replyTo: string | undefined;
  /** The name or hash of the type of the value in `payload`, for subscriptions by type. */
  dataType: string | undefined;
  /** Names and values, in order; a name may repeat. */
  headers: Header[] = [];

  constructor(subject: string, payload: Uint8Array, contentType?: string) {
    this.subject = subject;
    this.payload = payload;
    this.contentType = contentType;
  }

  /** A message whose payload is `text`. */
  static ofText(subject: string, text: string, contentType = "text/plain"): Message {
    return new Message(subject, bytesOf(text), contentType);
  }

  /** A message whose payload is `value` as JSON. */
  static ofJson(subject: string, value: unknown): Message {
    return Message.ofText(subject, JSON.stringify(value), "application/json");
  }

  /** The payload as text; what is no UTF-8 in it becomes U+FFFD. */
  text(): string {
    return textOf(this.payload);
  }

  /**
   * The value of the payload's JSON.
   *
   * @throws SyntaxError when it is none
   */
  json(): unknown {
    return JSON.parse(this.text());
  }

  /** The value of the first header called `name`, without regard to the case of ASCII letters; undefined when there is none. */
  header(name: string): string | undefined {
    const wanted = lower(name);
    return this.headers.find((header) => lower(header.name) === wanted)?.value;
  }
}

/** The message that the host brought. */
export function fromHost({ subject, payload, contentType, replyTo, dataType, headers }: WitMessage): Message {
  const message = new Message(subject, payload, contentType ?? undefined);
  message.replyTo = replyTo ?? undefined;
  message.dataType = dataType ?? undefined;
  if (headers.length > 0) message.headers = headers.map(([name, value]) => ({ name, value }));
  return message;
}

/** The message as the host takes it. */
export function toHost({ subject, payload, contentType, replyTo, dataType, headers }: Message): WitMessage {
  return {
    subject: soundText(subject, "subject"),
    payload: soundBytes(payload, "payload"),
    contentType: soundOptional(contentType, "contentType"),
    replyTo: soundOptional(replyTo, "replyTo"),
    dataType: soundOptional(dataType, "dataType"),
    headers: headers.map(({ name, value }) => [soundText(name, "a header's name"), soundText(value, "a header's value")]),
  };
}

function lower(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
