/** An end of a connection. */
export interface Endpoint {
  /** An IP address as text: `127.0.0.1`, `::1`. */
  readonly address: string;
  /** 0 to 65,535. */
  readonly port: number;
}

/** Why something on the network failed. */
export type NetworkFailure =
  | "denied"
  | "invalid"
  | "unsupported"
  | "in-use"
  | "not-bindable"
  | "unreachable"
  | "refused"
  | "reset"
  | "aborted"
  | "timeout"
  | "read-timeout"
  | "too-large"
  | "name-unknown"
  | "lookup-postponed"
  | "lookup-failed"
  | "tls-certificate"
  | "tls-protocol"
  | "protocol"
  | "headers-too-large"
  | "incomplete"
  | "closed"
  | "unknown";

/** A header or a trailer: its name, and its value with a character for each byte. */
type Pair = readonly [name: string, value: string];

/** A request over HTTP, before its body. */
export interface ExchangeRequest {
  readonly isSecure: boolean;
  /** A name or an IP address. */
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: readonly Pair[];
  /** How long it may take, in milliseconds; undefined for as long as it does. */
  readonly connectMilliseconds: number | undefined;
  readonly firstByteMilliseconds: number | undefined;
  readonly betweenBytesMilliseconds: number | undefined;
}

/** What may be begun. */
export type NetworkRequest =
  | { readonly kind: "lookup"; readonly name: string }
  /** Takes a port, and listens there once it is told to. */
  | { readonly kind: "listener"; readonly local: Endpoint }
  | { readonly kind: "connection"; readonly remote: Endpoint; readonly local: Endpoint | undefined }
  | { readonly kind: "datagrams"; readonly local: Endpoint }
  | { readonly kind: "exchange"; readonly request: ExchangeRequest };

/** A datagram to be sent. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly to: Endpoint;
}

/** An option of a socket. */
export type SocketOption = "keep-alive" | "hop-limit" | "receive-buffer" | "send-buffer";

/** What may be said to something that was begun. */
export type NetworkOrder =
  | { readonly order: "write"; readonly bytes: Uint8Array }
  /** Nothing more is written. */
  | { readonly order: "finish"; readonly trailers: readonly Pair[] }
  /** So much of what arrived was taken: bytes, datagrams, connections. More may come. */
  | { readonly order: "taken"; readonly count: number }
  | { readonly order: "send"; readonly datagrams: readonly Datagram[] }
  /** Datagrams are exchanged with one other only; undefined for anyone. */
  | { readonly order: "connect"; readonly to: Endpoint | undefined }
  /** Those who connect are let in, so many before one was taken. */
  | { readonly order: "listen"; readonly backlog: number }
  /** `keep-alive`: seconds without anything before it is asked whether the other is there; 0 for never. Buffers: bytes. */
  | { readonly order: "set"; readonly option: SocketOption; readonly value: number }
  /** Nobody has it any more: what was written still goes out. */
  | { readonly order: "release" };

/** What is told of something that was begun. */
export type NetworkEvent =
  | { readonly event: "addresses"; readonly addresses: readonly string[] }
  /** It is there: a connection, or a port that was taken. */
  | { readonly event: "open"; readonly local: Endpoint; readonly remote: Endpoint | undefined }
  | { readonly event: "accepted"; readonly made: NetworkEnd; readonly local: Endpoint; readonly remote: Endpoint }
  | { readonly event: "bytes"; readonly bytes: Uint8Array }
  /** Nothing more arrives. */
  | { readonly event: "end"; readonly trailers: readonly Pair[] }
  /** So much of what was written or sent has left: bytes, datagrams. */
  | { readonly event: "sent"; readonly count: number }
  | { readonly event: "datagram"; readonly bytes: Uint8Array; readonly from: Endpoint }
  | { readonly event: "response"; readonly status: number; readonly headers: readonly Pair[] }
  /** It is over. */
  | { readonly event: "failed"; readonly failure: NetworkFailure; readonly reason: string };

/** The near end of something that was begun. */
export interface NetworkEnd {
  /** Is called in `Network.poll`, and nowhere else. */
  receive: (event: NetworkEvent) => void;
  send(order: NetworkOrder): void;
  /** Ends it at once. Nothing comes after that. */
  close(): void;
}

/**
 * The network, without any question whether something is allowed. Nothing here waits: what was begun goes on by itself, and
 * what comes of it is told when somebody asks.
 */
export interface Network {
  /** Begins something; undefined when too much is under way. */
  begin(request: NetworkRequest): NetworkEnd | undefined;
  /** Tells all that arrived. */
  poll(): void;
}
