import { bytesOf, textOf } from "./bytes";
import { allocate, bytesAt, loadText, storeText, textAt } from "./memory";

/** A name and a value that travel with a message. */
export class Header {
  constructor(
    public readonly name: string,
    public readonly value: string,
  ) {}
}

/** Bytes of a header in memory: two texts, each its address and its length. */
const HEADER_BYTES: usize = 16;
const VALUE: usize = 8;

/** A message, as it arrives in `handle` and as it leaves through `messaging`. */
export class Message {
  /** The subject an answer should be sent to, when the sender wants one. */
  replyTo: string | null = null;
  /** The name or hash of the type of the value in `payload`, for subscriptions by type. */
  dataType: string | null = null;
  private made: Array<Header> | null = null;
  /** Where the host left the headers, and how many, until someone asks for them. */
  private brought: usize = 0;
  private broughtCount: usize = 0;

  /**
   * @param subject tokens joined by `.`, such as `readings.seattle`; at most 255 bytes
   * @param payload the bytes, which the host never looks into
   * @param contentType the media type of `payload`, such as `application/json`
   */
  constructor(
    public subject: string,
    public payload: Uint8Array,
    public contentType: string | null = null,
  ) {}

  /** A message whose payload is `text`. */
  static ofText(subject: string, text: string, contentType: string | null = "text/plain"): Message {
    return new Message(subject, bytesOf(text), contentType);
  }

  /** The payload as text. */
  text(): string {
    return textOf(this.payload);
  }

  /** Names and values, in order; a name may repeat. */
  get headers(): Array<Header> {
    const made = this.made;
    if (made !== null) return made;
    const headers: Array<Header> = [];
    const end = this.brought + this.broughtCount * HEADER_BYTES;
    for (let at = this.brought; at < end; at += HEADER_BYTES) headers.push(new Header(loadText(at), loadText(at + VALUE)));
    this.made = headers;
    return headers;
  }

  set headers(headers: Array<Header>) {
    this.made = headers;
  }

  /** The value of the first header called `name`, without regard to the case of ASCII letters; null when there is none. */
  header(name: string): string | null {
    const headers = this.headers;
    for (let index = 0; index < headers.length; index++) {
      if (isSameName(headers[index].name, name)) return headers[index].value;
    }
    return null;
  }

  /** @internal Where the headers lie for the host: their address in the high word, their number in the low one. */
  __headers(): u64 {
    const made = this.made;
    if (made === null) return (<u64>this.brought << 32) | <u64>this.broughtCount;
    const start = allocate(<usize>made.length * HEADER_BYTES);
    for (let index = 0; index < made.length; index++) {
      const at = start + <usize>index * HEADER_BYTES;
      storeText(at, made[index].name);
      storeText(at + VALUE, made[index].value);
    }
    return (<u64>start << 32) | <u64>made.length;
  }

  /** @internal The message that the host brought. */
  static __brought(subject: string, payload: Uint8Array, headers: usize, headersCount: usize): Message {
    const message = new Message(subject, payload);
    message.brought = headers;
    message.broughtCount = headersCount;
    return message;
  }
}

function isSameName(one: string, other: string): bool {
  if (one.length != other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (lower(one.charCodeAt(index)) != lower(other.charCodeAt(index))) return false;
  }
  return true;
}

@inline
function lower(unit: i32): i32 {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}
