import type { HeaderPair } from "./http-message.ts";
import type { Message } from "./message.ts";

/** The bodies of a request and of its response, which cross over while a capsule handles it. */
export interface BodyStream {
  /** Whether a read would not have to wait. */
  readable(): boolean;
  /** Bytes of the request, at most `most`, of which there may be none yet; undefined at the end. @throws DoterosError `closed` */
  read(most: number): Uint8Array | undefined;
  /** The response begins. It cannot be taken back. */
  begin(status: number, headers: readonly HeaderPair[]): void;
  /** How many bytes of the response may be written now; undefined when nobody is there to have them. */
  room(): number | undefined;
  /** Sends bytes of the response, even more than there is room for. */
  write(bytes: Uint8Array): void;
  /** The response has ended. */
  finish(trailers: readonly HeaderPair[]): void;
  /** Blocks the thread until something came, there is more room, or the time is up, in milliseconds. @returns whether it was something that came */
  pause(milliseconds: number | undefined): boolean;
}

/** The first header of a message whose bodies cross over by themselves, in the thread of the capsule. */
const STREAM = "http-stream";
const streams = new Map<string, BodyStream>();

/** Has a message with the headers that come back have the bodies of a stream, until that is taken back. */
export function offerStream(id: string, stream: BodyStream): () => void {
  streams.set(id, stream);
  return () => streams.delete(id);
}

/** The header that says which stream a message goes with. */
export function streamHeader(id: string): HeaderPair {
  return [STREAM, id];
}

/** Whether the bodies of a message are a stream. */
export function isStreamed({ headers }: Pick<Message, "headers">): boolean {
  return headers[0]?.[0] === STREAM;
}

/** The stream of a message that has one; undefined when it is over. */
export function streamOf({ headers }: Pick<Message, "headers">): BodyStream | undefined {
  return streams.get(headers[0]?.[1] ?? "");
}
