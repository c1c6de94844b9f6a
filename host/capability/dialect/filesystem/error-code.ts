import { refuse } from "../dialect.ts";
import { IoError } from "../io/io-error.ts";

/** What WASI calls what POSIX has a name for; everything else is `io`. */
const CODES: Readonly<Record<string, string>> = {
  EACCES: "access",
  EAGAIN: "would-block",
  EALREADY: "already",
  EBADF: "bad-descriptor",
  EBUSY: "busy",
  EDEADLK: "deadlock",
  EDQUOT: "quota",
  EEXIST: "exist",
  EFBIG: "file-too-large",
  EILSEQ: "illegal-byte-sequence",
  EINPROGRESS: "in-progress",
  EINTR: "interrupted",
  EINVAL: "invalid",
  EIO: "io",
  EISDIR: "is-directory",
  ELOOP: "loop",
  // WASI has no name for it, and it is what the capsule may have.
  EMFILE: "quota",
  EMLINK: "too-many-links",
  ENAMETOOLONG: "name-too-long",
  ENFILE: "quota",
  ENODEV: "no-device",
  ENOENT: "no-entry",
  ENOMEM: "insufficient-memory",
  ENOSPC: "insufficient-space",
  ENOTDIR: "not-directory",
  ENOTEMPTY: "not-empty",
  ENOTSUP: "unsupported",
  ENXIO: "no-such-device",
  EOPNOTSUPP: "unsupported",
  EOVERFLOW: "overflow",
  EPERM: "not-permitted",
  EPIPE: "pipe",
  EROFS: "read-only",
  ESPIPE: "invalid-seek",
  ETXTBSY: "text-file-busy",
  EXDEV: "cross-device",
};

/** The type of it. */
export const ERROR_CODE =
  "enum { access, would-block, already, bad-descriptor, busy, deadlock, quota, exist, file-too-large, illegal-byte-sequence, in-progress, " +
  "interrupted, invalid, io, is-directory, loop, too-many-links, message-size, name-too-long, no-device, no-entry, no-lock, insufficient-memory, " +
  "insufficient-space, not-directory, not-empty, not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, read-only, " +
  "invalid-seek, text-file-busy, cross-device }";

/** Why a stream of a file failed. */
export class FileError extends IoError {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** Does something with files. What the system refuses is the answer. @throws ComponentError */
export function answered<T>(call: () => T): T {
  return attempt(call, (code) => refuse(code));
}

/** Does something for a stream. What the system refuses is told as streams tell it. @throws ComponentError */
export function streamed<T>(call: () => T): T {
  return attempt(call, (code, text) => refuse({ tag: "last-operation-failed", val: new FileError(code, text) }));
}

function attempt<T>(call: () => T, refused: (code: string, text: string) => never): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "message" in error && typeof error.code === "string" && /^E[A-Z]/.test(error.code))) throw error;
    const code = CODES[error.code] ?? "io";
    // The text of the system has paths in it that the capsule does not know.
    refused(code, `the file cannot be used: ${code}`);
  }
}
