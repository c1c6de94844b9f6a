import type { MessagePort } from "node:worker_threads";
import type { HeaderPair, RequestHead } from "../../../../contract/http-message.ts";

// What the two threads say to each other: that of the connections, and that of the capsule, which blocks while it waits.

/** How many bytes may be on their way between the two, for each body. */
export const WINDOW_BYTES = 262_144;

/** The places of the memory that both see: how often something came for the capsule, how many bytes left, whether nobody is there. */
export const CELL = { count: 0, left: 1, gone: 2, length: 3 } as const;

/** What the thread of the connections is started with. */
export interface StreamThreadData {
  readonly port: number;
  readonly hostname: string;
  readonly headersMillisecondsMax: number;
  readonly stallMillisecondsMax: number;
  readonly requestsMax: number;
}

/** What it says. */
export type FromConnections =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "unavailable"; readonly code: string; readonly message: string }
  | { readonly kind: "request"; readonly head: RequestHead; readonly client: string | undefined; readonly port: MessagePort; readonly cell: Int32Array }
  | { readonly kind: "drained" };

/** What it says of one request. A chunk without bytes is the end. */
export interface FromClient {
  readonly chunk: Uint8Array | undefined;
}

/** What the capsule's thread says of one request. */
export type FromCapsule =
  | { readonly kind: "taken"; readonly bytes: number }
  | { readonly kind: "begin"; readonly status: number; readonly headers: readonly HeaderPair[] }
  | { readonly kind: "chunk"; readonly bytes: Uint8Array }
  | { readonly kind: "end"; readonly trailers: readonly HeaderPair[] }
  /** There is no response, or it does not come to its end. */
  | { readonly kind: "failed"; readonly status: number; readonly headers: readonly HeaderPair[]; readonly body: Uint8Array };
