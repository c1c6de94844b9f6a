import { closeSync, constants, fstatSync, linkSync, lstatSync, lutimesSync, mkdirSync, openSync, readlinkSync, renameSync, rmdirSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { FileFacts, FileMode, FileTimes, OpenDirectory, OpenFile, Place } from "../../../contract/folder.ts";
import { factsOf, kindOf, secondsOf } from "./facts.ts";
import { SystemFailure } from "./failure.ts";
import { FolderFile } from "./file.ts";
import type { Hold } from "./hold.ts";
import type { OpenThings } from "./open-things.ts";
import type { Found } from "./walk.ts";

// Windows has neither.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_DIRECTORY = 0 } = constants as Partial<typeof constants>;

/** Where a path led in a folder. A link here is never followed: who wanted that has followed it. */
export class FolderPlace implements Place {
  readonly path: string;
  readonly #found: Found;
  readonly #open: OpenThings;
  readonly #directory: (hold: Hold) => OpenDirectory;

  /** @param directory makes an open directory of one that is held on to */
  constructor(found: Found, open: OpenThings, directory: (hold: Hold) => OpenDirectory) {
    this.#found = found;
    this.#open = open;
    this.#directory = directory;
    this.path = [...found.names, ...(found.name === undefined ? [] : [found.name])].join("/");
  }

  stat(): FileFacts {
    const facts = this.#stat();
    if (this.#found.isDirectory && facts.kind !== "directory") throw notDirectory();
    return facts;
  }

  open(mode: FileMode): { readonly file: OpenFile } | { readonly directory: OpenDirectory } {
    this.#open.mustHaveRoom();
    if (this.#found.name === undefined) return this.#openItself(mode);
    if (this.#found.isDirectory && mode.create) throw new SystemFailure("EISDIR", "a directory is not made by opening it");
    const path = this.#path(this.#found.name);
    // A queue that nobody writes to would hold up everyone.
    const descriptor = openSync(path, flagsOf(mode, this.#found.isDirectory) | O_NOFOLLOW | O_NONBLOCK, 0o666);
    const kind = kindOf(fstatSync(descriptor, { bigint: true }));
    if (kind !== "directory" && !mode.directory && !this.#found.isDirectory) return { file: new FolderFile(descriptor, this.#open) };
    closeSync(descriptor);
    if (kind !== "directory") throw notDirectory();
    return { directory: this.#directory(this.#found.hold.enter(this.#found.name)) };
  }

  makeDirectory(): void {
    mkdirSync(this.#named("EEXIST"));
  }

  removeDirectory(): void {
    rmdirSync(this.#named("EINVAL"));
  }

  unlink(): void {
    const path = this.#named("EISDIR");
    // Systems do not agree on the reason.
    if (this.#stat().kind === "directory") throw new SystemFailure("EISDIR", "it is a directory");
    if (this.#found.isDirectory) throw notDirectory();
    unlinkSync(path);
  }

  readLink(): string {
    const target = readlinkSync(this.#named("EINVAL"));
    if (isAbsolute(target)) throw new SystemFailure("EPERM", "the link leads out of the folder");
    return target;
  }

  symlink(target: string): void {
    if (target.includes("\0")) throw new SystemFailure("EINVAL", "the target has a NUL in it");
    if (target === "") throw new SystemFailure("ENOENT", "the target is empty");
    if (target.startsWith("/") || isAbsolute(target)) throw new SystemFailure("EPERM", "the link would lead out of the folder");
    symlinkSync(target, this.#newFile());
  }

  setTimes(times: FileTimes): void {
    const facts = this.stat();
    lutimesSync(this.#path(this.#found.name), ...secondsOf(times, () => facts));
  }

  link(to: FolderPlace): void {
    const path = this.#named("EPERM");
    if (this.#stat().kind === "directory") throw new SystemFailure("EPERM", "a directory has one name");
    if (this.#found.isDirectory) throw notDirectory();
    linkSync(path, to.#newFile());
  }

  rename(to: FolderPlace): void {
    const path = this.#named("EBUSY");
    if ((this.#found.isDirectory || to.#found.isDirectory) && this.#stat().kind !== "directory") throw notDirectory();
    renameSync(path, to.#named("EBUSY"));
  }

  close(): void {
    this.#found.hold.close();
  }

  /** The path where a new file or link is to be. */
  #newFile(): string {
    const path = this.#named("EEXIST");
    if (this.#found.isDirectory) throw new SystemFailure("ENOENT", "there is no such directory");
    return path;
  }

  #openItself({ write, create, truncate }: FileMode): { readonly directory: OpenDirectory } {
    if (write || create || truncate) throw new SystemFailure("EISDIR", "it is a directory");
    return { directory: this.#directory(this.#found.hold.enter(".")) };
  }

  #stat(): FileFacts {
    return factsOf((this.#found.name === undefined ? statSync : lstatSync)(this.#path(this.#found.name), { bigint: true }));
  }

  #path(name: string | undefined): string {
    return this.#found.hold.path(name);
  }

  /** The path of what has a name in its directory. @throws the code for the directory itself */
  #named(code: string): string {
    if (this.#found.name === undefined) throw new SystemFailure(code, "it is the directory itself");
    return this.#path(this.#found.name);
  }
}

function notDirectory(): SystemFailure {
  return new SystemFailure("ENOTDIR", "it is no directory");
}

function flagsOf({ read, write, create, exclusive, truncate, directory }: FileMode, isDirectory: boolean): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC } = constants;
  return (
    (write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY) |
    (create ? O_CREAT : 0) |
    (create && exclusive ? O_EXCL : 0) |
    (truncate ? O_TRUNC : 0) |
    (directory || isDirectory ? O_DIRECTORY : 0)
  );
}
