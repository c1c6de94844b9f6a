import type { Network } from "./network.ts";
import type { OpenDirectory } from "./folder.ts";

/** What a capsule was granted of what lies outside the host, by name. */
export interface OutsideRights {
  readonly folders: readonly FolderRight[];
  /**
   * Who it may connect to, `HOST:PORT`: the host exact, `*.example.com` or `*`, the port a number or `*`. With `listen` for the
   * host it is a port of its own.
   */
  readonly net: readonly string[];
  /** The variables of its environment; those without a value have that of the operator's environment. */
  readonly env: readonly (readonly [name: string, value: string | undefined])[];
  /** Whether it has the standard streams of the process. */
  readonly stdio: boolean;
  /** Whether it has real clocks instead of the time of its transition, and really sleeps. */
  readonly clock: boolean;
}

/** A folder that a capsule may use. */
export interface FolderRight {
  /** Where it is. */
  readonly host: string;
  /** What the capsule has as its name. */
  readonly guest: string;
  /** Whether anything in it may be changed. */
  readonly writable: boolean;
}

/**
 * Opens what a capsule was granted.
 *
 * @throws DoterosError `unreadable-input` for a folder that is none
 */
export type OpenOutside = (rights: OutsideRights) => Outside;

/**
 * What lies outside the host, as far as one capsule was granted it: nothing of it is there unless it was named. A capsule's
 * imports answer at once, so whatever has to wait blocks the thread.
 */
export interface Outside {
  /** What it was opened with. */
  readonly rights: OutsideRights;

  /** The clock on the wall and the one that never goes back, both in nanoseconds; undefined where the capsule has the time of its transition. */
  readonly clock: OutsideClock | undefined;

  /** The variables of its environment that there are. */
  readonly environment: readonly (readonly [name: string, value: string])[];

  /** The network; undefined when it was granted nothing of it. What of it it was granted is for others to hold it to. */
  readonly network: Network | undefined;
  /** The folders that it may use. */
  readonly folders: readonly Folder[];

  /** The standard streams of the process; undefined where it may not use them. */
  readonly stdio: Stdio | undefined;

  /**
   * Blocks the thread until something arrived from outside, or the time is up.
   *
   * @param milliseconds undefined for as long as it takes
   * @returns Whether it was something that arrived.
   */
  pause(milliseconds: number | undefined): boolean;

  /** Closes what an instance left open. There may be another one. */
  release(): void;

  /** Closes everything: the capsule is gone. */
  close(): void;
}

/** A folder that a capsule may use. */
export interface Folder {
  readonly right: FolderRight;
  open(): OpenDirectory;
}

/** One of the standard streams. */
export type StreamName = "stdin" | "stdout" | "stderr";

/** The standard streams of the process. What fails throws an error that has a `code`, as POSIX names it: `EPIPE`. */
export interface Stdio {
  /** Whether a read would not wait. */
  readable(): boolean;
  /** Bytes of standard input, at most `most`, of which there may be none yet; undefined at the end. */
  read(most: number): Uint8Array | undefined;
  /** Writes all bytes, and waits for that. */
  write(to: "stdout" | "stderr", bytes: Uint8Array): void;
  isTerminal(stream: StreamName): boolean;
}

/** Real time. */
export interface OutsideClock {
  /** Nanoseconds since 1970. */
  wall(): bigint;
  /** Nanoseconds since some moment. */
  monotonic(): bigint;
}
