import type { OpenOutside } from "./outside.ts";

/**
 * What the host needs of the JavaScript runtime it is in, and the only way it gets it. One adapter for each runtime lives
 * under host/platform.
 */
export interface Platform {
  /** The runtime, for messages: `node 20.20.2`. */
  readonly name: string;

  /** The wall clock: nanoseconds since 1970-01-01T00:00:00Z. It may be set back while the program runs. */
  now(): bigint;

  /** A clock that never goes back: nanoseconds since some moment, the same one as long as the program runs. */
  elapsed(): number;

  /** Bytes that nobody can predict. At most 65,536. */
  random(length: number): Uint8Array;

  /** Calls `callback` soon, but not before input and output that is ready had its turn. */
  defer(callback: () => void): void;

  /**
   * Calls `callback` once, after some time.
   *
   * @param mayEnd whether the program may end before, where that is for a program to decide; default: it may not
   * @returns What takes it back, as long as it was not called.
   */
  after(milliseconds: number, callback: () => void, mayEnd?: boolean): () => void;

  /** The SHA-256 of some bytes, 32 bytes of its own. At once: entries of a ledger are hashed one after the other. */
  sha256(this: void, bytes: Uint8Array): Uint8Array;

  /** The same, where a promise will do: of components and their modules. Default: that of `sha256`. */
  digest?(this: void, bytes: Uint8Array): Promise<Uint8Array>;

  /**
   * Starts a thread that runs this package's code for threads, and does not keep the process alive. Undefined where there are
   * no threads.
   */
  readonly thread?: (events: ThreadEvents) => ThreadPort;

  /** Loads what opens folders, streams, clocks and sockets for those who were granted them. Undefined where there is none of that. */
  readonly outside?: () => Promise<OpenOutside>;
}

/** The near end of a thread. */
export interface ThreadPort {
  /** Sends it plain data. What is sent arrives in order; the buffers in `moved` are gone here. */
  post(message: unknown, moved?: readonly ArrayBuffer[]): void;

  /** Ends it at once, whatever it is doing. It may take a moment until it is gone. */
  terminate(): void | Promise<void>;
}

/** What is told of a thread. */
export interface ThreadEvents {
  /** It sent something. */
  message(message: unknown): void;

  /** It is no more, for a reason of its own or because it was terminated. Nothing comes after it. */
  ended(reason: string): void;
}
