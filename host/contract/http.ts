import type { HeaderPair, RequestHead } from "./http-message.ts";

/** How a capsule answers requests of HTTP. */
export interface HttpOptions {
  /** How many requests may wait for it, those that it answers among them. Default: 1,024. What comes beside them is answered with 503. */
  readonly requestsMax?: number;
  /** How long a request waits for its answer, in milliseconds. Default: a minute. What takes longer is answered with 504. */
  readonly answerMillisecondsMax?: number;
}

/** A response. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly trailers: readonly HeaderPair[];
  /** Why it is not the capsule's own; undefined when it is. It is for logs: no client is told. */
  readonly failure: { readonly code: string; readonly reason: string } | undefined;
}

/** The body of a request: there already, or read when it is known that it will be handled. */
export interface HttpRequestBody {
  /** How long it is at most, in bytes: as it says itself, or else as a body may be. */
  readonly bytesMax: number;
  /**
   * Reads it.
   *
   * @throws DoterosError `limit-exceeded` when it is longer than it may be; `timeout` when it does not go on; `closed` when who
   * sends it is gone
   */
  read(): Promise<Uint8Array>;
}

/** A part of `Request` of the Fetch standard. */
export interface FetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null; forEach(callback: (value: string, name: string) => void): void };
  readonly body: FetchBody | null;
}

/** The body of a request, as the Fetch standard has it. */
export interface FetchBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/** Answers requests of HTTP by a capsule. */
export interface HttpService {
  /** How long the body of a request may be, in bytes. */
  readonly bodyBytesMax: number;
  /**
   * Answers a request. Whatever goes wrong is an answer, too.
   *
   * @param stream the name of the stream that its bodies are, in this thread; then the answer comes when all of it has left
   */
  answer(head: RequestHead, body: HttpRequestBody | undefined, stream?: string): Promise<HttpAnswer>;
  /** Answers a request of the Fetch standard. */
  fetch(this: void, request: FetchRequest): Promise<Response>;
  /** Answers no more requests: those that wait are answered with 503. */
  close(): void;
}

/** What is told of a request that was answered. */
export interface AnsweredRequest {
  readonly head: RequestHead;
  readonly answer: HttpAnswer;
  /** The address of who asked; undefined when it is not known. */
  readonly client: string | undefined;
  /** How long the body of the answer was. */
  readonly bytes: number;
  /** Whether anybody was there to have the answer. */
  readonly isSent: boolean;
  /** From the end of its headers to its answer. */
  readonly milliseconds: number;
}

/** Is told of each request that was answered. */
export type TellRequest = (answered: AnsweredRequest) => void;

/** How a port is listened on. */
export interface ListenOptions {
  /** Default: 0, any that is free. */
  readonly port?: number;
  /** The name or the address of this machine that is listened on. Default: 127.0.0.1, which only this machine can connect to. */
  readonly hostname?: string;
  /** How long who connects may take for the headers of a request, in milliseconds. Default: 10 seconds. */
  readonly headersMillisecondsMax?: number;
  /** How long nothing may come from who sends a body, or go to who reads one, in milliseconds. Default: 30 seconds. */
  readonly stallMillisecondsMax?: number;
  /**
   * Whether bodies cross over while they are read and written, without a bound on their length. Then a response leaves while it is
   * made: what failed afterwards has left, too, and a ledger has no bodies. The thread of the host blocks while its capsule waits for a
   * client. Default: false, they are whole and leave when all is committed.
   */
  readonly stream?: boolean;
  readonly told?: TellRequest;
}

/** A port that is listened on. */
export interface HttpListener {
  readonly port: number;
  /** `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Takes no more connections, and waits so long, in milliseconds, for the answers to those that there are. Default: 0. */
  close(milliseconds?: number): Promise<void>;
}
