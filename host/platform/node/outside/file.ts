import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, futimesSync, readSync, writeSync } from "node:fs";
import type { FileFacts, FileTimes, OpenFile } from "../../../contract/folder.ts";
import { SystemFailure } from "./failure.ts";
import { factsOf, secondsOf } from "./facts.ts";
import type { OpenThings } from "./open-things.ts";

/** Where a file ends at the latest, for the system. */
const OFFSET_MAX = 0x7fff_ffff_ffff_ffffn;

/** A file of a folder. */
export class FolderFile implements OpenFile {
  readonly #descriptor: number;
  readonly #open: OpenThings;

  constructor(descriptor: number, open: OpenThings) {
    this.#descriptor = descriptor;
    this.#open = open;
    open.add(this);
  }

  stat(): FileFacts {
    return factsOf(fstatSync(this.#descriptor, { bigint: true }));
  }

  read(into: Uint8Array, offset: bigint): number {
    return readSync(this.#descriptor, into, 0, into.length, positionOf(offset));
  }

  write(bytes: Uint8Array, offset: bigint): number {
    return writeSync(this.#descriptor, bytes, 0, bytes.length, positionOf(offset));
  }

  resize(bytes: bigint): void {
    ftruncateSync(this.#descriptor, positionOf(bytes));
  }

  setTimes(times: FileTimes): void {
    futimesSync(this.#descriptor, ...secondsOf(times, () => this.stat()));
  }

  sync(dataOnly: boolean): void {
    (dataOnly ? fdatasyncSync : fsyncSync)(this.#descriptor);
  }

  close(): void {
    if (this.#open.remove(this)) closeSync(this.#descriptor);
  }
}

/** @throws EINVAL beyond what the system knows, EFBIG beyond what a number holds */
function positionOf(offset: bigint): number {
  if (offset > OFFSET_MAX) throw new SystemFailure("EINVAL", "there is no such place in a file");
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new SystemFailure("EFBIG", "the file would be too large");
  return Number(offset);
}
