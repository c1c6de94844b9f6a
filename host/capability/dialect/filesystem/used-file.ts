import type { OpenFile } from "../../../contract/folder.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { InputStream } from "../io/input-stream.ts";
import { OutputStream } from "../io/output-stream.ts";
import { streamed } from "./error-code.ts";

/** How much may be written at a time, in bytes. */
const WRITE_BYTES = 65_536;
/** How much is read at a time, in bytes. */
const READ_BYTES_MAX = 65_536;

/** A file that is open as long as a descriptor or a stream uses it. */
export class UsedFile {
  readonly file: OpenFile;
  #users = 1;

  constructor(file: OpenFile) {
    this.file = file;
  }

  /** One more uses it. */
  use(): void {
    this.#users += 1;
  }

  /** One less. */
  leave(): void {
    this.#users -= 1;
    if (this.#users === 0) this.file.close();
  }

  /** Writes all bytes. */
  writeAll(bytes: Uint8Array, offset: bigint): void {
    for (let at = 0; at < bytes.length; ) at += this.file.write(bytes.subarray(at), offset + BigInt(at));
  }
}

/** Reads a file from a place on. */
export function inputOf(transition: Transition, used: UsedFile, start: bigint): InputStream {
  let offset = start;
  used.use();
  return new InputStream(transition, {
    ready: () => true,
    read(most) {
      if (most === 0) return new Uint8Array(0);
      transition.charge(CALL_FUEL);
      const into = new Uint8Array(Math.min(most, READ_BYTES_MAX));
      const length = streamed(() => used.file.read(into, offset));
      offset += BigInt(length);
      return length === 0 ? undefined : into.subarray(0, length);
    },
    close: () => used.leave(),
  });
}

/** Writes to a file from a place on; without one, at its end. */
export function outputOf(transition: Transition, used: UsedFile, start: bigint | undefined): OutputStream {
  let offset = start;
  used.use();
  return new OutputStream(transition, {
    ready: () => true,
    room: () => WRITE_BYTES,
    write(bytes) {
      transition.charge(CALL_FUEL);
      streamed(() => used.writeAll(bytes, offset ?? used.file.stat().size));
      if (offset !== undefined) offset += BigInt(bytes.length);
    },
    flush: () => undefined,
    close: () => used.leave(),
  });
}
