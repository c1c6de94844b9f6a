import { closeSync, type Dir, fsyncSync, opendirSync, openSync, statSync, utimesSync, lstatSync } from "node:fs";
import type { FileFacts, FileKind, FileTimes, OpenDirectory, OpenList } from "../../../contract/folder.ts";
import { factsOf, kindOf, secondsOf } from "./facts.ts";
import { SystemFailure } from "./failure.ts";
import type { Hold } from "./hold.ts";
import type { OpenThings } from "./open-things.ts";
import { FolderPlace } from "./place.ts";
import { walk } from "./walk.ts";

/** A directory of a folder, or the folder. */
export class FolderDirectory implements OpenDirectory {
  readonly #hold: Hold;
  readonly #open: OpenThings;

  /** @param hold is closed with it */
  constructor(hold: Hold, open: OpenThings) {
    this.#hold = hold;
    this.#open = open;
    open.add(this);
  }

  find(path: string, follow: boolean): FolderPlace {
    return new FolderPlace(walk(this.#hold, path, follow), this.#open, (hold) => new FolderDirectory(hold, this.#open));
  }

  stat(): FileFacts {
    return factsOf(statSync(this.#hold.path(), { bigint: true }));
  }

  setTimes(times: FileTimes): void {
    utimesSync(this.#hold.path(), ...secondsOf(times, () => this.stat()));
  }

  sync(): void {
    const descriptor = openSync(this.#hold.path(), "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  list(): OpenList {
    this.#open.mustHaveRoom();
    return new FolderList(opendirSync(this.#hold.path()), this.#hold, this.#open);
  }

  close(): void {
    if (this.#open.remove(this)) this.#hold.close();
  }
}

class FolderList implements OpenList {
  readonly #dir: Dir;
  readonly #hold: Hold;
  readonly #open: OpenThings;

  constructor(dir: Dir, hold: Hold, open: OpenThings) {
    this.#dir = dir;
    this.#hold = hold;
    this.#open = open;
    open.add(this);
  }

  next(): { readonly name: string; readonly kind: FileKind } | undefined {
    const entry = this.#dir.readSync();
    if (entry === null) return undefined;
    // Bytes that are no text have come here as this.
    if (entry.name.includes("\uFFFD")) throw new SystemFailure("EILSEQ", "there is a name that is no text");
    const kind = kindOf(entry);
    return { name: entry.name, kind: kind === "unknown" ? kindOf(lstatSync(this.#hold.path(entry.name), { bigint: true })) : kind };
  }

  close(): void {
    if (this.#open.remove(this)) this.#dir.closeSync();
  }
}
