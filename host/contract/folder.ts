// Folders that were granted, as capsules reach them. What fails outside throws an error that has a `code`, as POSIX names it:
// `ENOENT`. Times are in nanoseconds since 1970.

/** What something is. */
export type FileKind = "unknown" | "block-device" | "character-device" | "directory" | "fifo" | "symbolic-link" | "regular-file" | "socket";

/** What is to be known of something. */
export interface FileFacts {
  readonly kind: FileKind;
  readonly links: bigint;
  /** In bytes. */
  readonly size: bigint;
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
  /** What tells it from everything else that is there: the device and the number in it. */
  readonly device: bigint;
  readonly number: bigint;
}

/** How a file is opened. */
export interface FileMode {
  readonly read: boolean;
  readonly write: boolean;
  readonly create: boolean;
  /** Whether it must not be there. */
  readonly exclusive: boolean;
  readonly truncate: boolean;
  /** Whether it must be a directory. */
  readonly directory: boolean;
}

/** When it was used and changed, to be set; undefined for what stays. */
export interface FileTimes {
  readonly accessed: bigint | undefined;
  readonly modified: bigint | undefined;
}

/** A file that is open. */
export interface OpenFile {
  stat(): FileFacts;
  /** Reads into `into`. Answers how many bytes there were, 0 at the end. */
  read(into: Uint8Array, offset: bigint): number;
  /** Writes some of the bytes, and answers how many. */
  write(bytes: Uint8Array, offset: bigint): number;
  resize(bytes: bigint): void;
  setTimes(times: FileTimes): void;
  /** Has it on the disk; without its times when those do not matter. */
  sync(dataOnly: boolean): void;
  close(): void;
}

/** A directory that is open. No path leads out of it, whatever links there are. */
export interface OpenDirectory {
  /**
   * Finds where a path leads: to something, or to where something could be made.
   *
   * @param follow whether a link at its end is followed
   */
  find(path: string, follow: boolean): Place;
  stat(): FileFacts;
  setTimes(times: FileTimes): void;
  sync(): void;
  /** What is in it, one after the other; undefined at the end. */
  list(): OpenList;
  close(): void;
}

/** The names in a directory, as they are read. */
export interface OpenList {
  next(): { readonly name: string; readonly kind: FileKind } | undefined;
  close(): void;
}

/** A name in a directory, or the directory itself. It is closed after use. */
export interface Place {
  /** The path to it from the directory that it was looked for in, without links; empty for that directory. */
  readonly path: string;
  stat(): FileFacts;
  open(mode: FileMode): { readonly file: OpenFile } | { readonly directory: OpenDirectory };
  makeDirectory(): void;
  removeDirectory(): void;
  /** Removes a file or a link. */
  unlink(): void;
  readLink(): string;
  /** Makes a link to `target`, which is relative. */
  symlink(target: string): void;
  setTimes(times: FileTimes): void;
  /** Makes another name for the file, in a folder of the same kind. */
  link(to: Place): void;
  rename(to: Place): void;
  close(): void;
}
