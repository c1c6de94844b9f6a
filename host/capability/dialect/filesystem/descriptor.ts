import type { OpenList } from "../../../contract/folder.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { DISPOSE } from "../io/dispose.ts";
import type { InputStream } from "../io/input-stream.ts";
import type { OutputStream } from "../io/output-stream.ts";
import { Access, SYSTEM_FUEL } from "./access.ts";
import { answered } from "./error-code.ts";
import { hashOf, type NewTimestamp, statOf, timesOf } from "./facts.ts";
import { inputOf, outputOf, UsedFile } from "./used-file.ts";

/** How much is read by one call, in bytes: it may answer with less than was asked for. */
const READ_BYTES_MAX = 1_048_576;
/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;

interface PathFlags {
  readonly symlinkFollow: boolean;
}

interface OpenFlags {
  readonly create: boolean;
  readonly directory: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
}

interface DescriptorFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly fileIntegritySync: boolean;
  readonly dataIntegritySync: boolean;
  readonly requestedWriteSync: boolean;
  readonly mutateDirectory: boolean;
}

const NO_FLAGS: DescriptorFlags = { read: false, write: false, fileIntegritySync: false, dataIntegritySync: false, requestedWriteSync: false, mutateDirectory: false };

/** What a descriptor stands for: a file, with how it was opened, or a directory. */
type Opened = { readonly used: UsedFile; readonly read: boolean; readonly write: boolean } | Access;

/** The resource `descriptor` of wasi:filesystem. */
export class Descriptor {
  readonly #transition: Transition;
  readonly #opened: Opened;

  constructor(transition: Transition, opened: Opened) {
    this.#transition = transition;
    this.#opened = opened;
  }

  readViaStream(offset: bigint): InputStream {
    this.#charge();
    if (this.#opened instanceof Access) return refuse("is-directory");
    return inputOf(this.#transition, this.#opened.used, offset);
  }

  writeViaStream(offset: bigint): OutputStream {
    this.#charge();
    return outputOf(this.#transition, this.#writable(), offset);
  }

  appendViaStream(): OutputStream {
    this.#charge();
    return outputOf(this.#transition, this.#writable(), undefined);
  }

  advise(): void {
    this.#charge();
    this.#file();
  }

  syncData(): void {
    this.#sync(true);
  }

  sync(): void {
    this.#sync(false);
  }

  getFlags(): DescriptorFlags {
    this.#charge();
    if (this.#opened instanceof Access) return { ...NO_FLAGS, read: true, mutateDirectory: this.#opened.writable };
    return { ...NO_FLAGS, read: this.#opened.read, write: this.#opened.write };
  }

  getType(): string {
    this.#charge();
    const opened = this.#opened;
    return opened instanceof Access ? "directory" : answered(() => opened.used.file.stat().kind);
  }

  setSize(bytes: bigint): void {
    this.#charge();
    const used = this.#writable();
    answered(() => used.file.resize(bytes));
  }

  setTimes(accessed: NewTimestamp, modified: NewTimestamp): void {
    this.#charge();
    const opened = this.#opened;
    const times = timesOf(this.#transition, accessed, modified);
    if (opened instanceof Access) {
      opened.mustBeWritable();
      opened.mustBeAllowed("fs.write", opened.path);
      return answered(() => opened.directory.setTimes(times));
    }
    const used = this.#writable();
    answered(() => used.file.setTimes(times));
  }

  read(length: bigint, offset: bigint): [bytes: Uint8Array, isEnd: boolean] {
    this.#charge();
    const { file } = this.#file();
    const into = new Uint8Array(length < READ_BYTES_MAX ? Number(length) : READ_BYTES_MAX);
    const found = answered(() => file.read(into, offset));
    this.#transition.charge(found >> BYTES_PER_UNIT_BITS);
    return [into.subarray(0, found), found === 0];
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    this.#charge();
    this.#transition.charge(bytes.length >> BYTES_PER_UNIT_BITS);
    const { file } = this.#writable();
    return BigInt(answered(() => file.write(bytes, offset)));
  }

  readDirectory(): DirectoryEntryStream {
    this.#charge();
    const access = this.#access();
    access.mustBeAllowed("fs.read", access.path);
    return new DirectoryEntryStream(this.#transition, answered(() => access.directory.list()));
  }

  createDirectoryAt(path: string): void {
    this.#at(path, false, "fs.write", (place) => place.makeDirectory());
  }

  stat(): object {
    this.#charge();
    const opened = this.#opened;
    return statOf(answered(() => (opened instanceof Access ? opened.directory : opened.used.file).stat()));
  }

  statAt({ symlinkFollow }: PathFlags, path: string): object {
    return this.#at(path, symlinkFollow || path.endsWith("/"), "fs.read", (place) => statOf(place.stat()));
  }

  setTimesAt({ symlinkFollow }: PathFlags, path: string, accessed: NewTimestamp, modified: NewTimestamp): void {
    const times = timesOf(this.#transition, accessed, modified);
    this.#at(path, symlinkFollow || path.endsWith("/"), "fs.write", (place) => place.setTimes(times));
  }

  linkAt({ symlinkFollow }: PathFlags, path: string, other: Descriptor, newPath: string): void {
    // Whoever wants a link's target can read it first.
    if (symlinkFollow) refuse("invalid");
    this.#between(path, other, newPath, (from, to) => from.link(to));
  }

  renameAt(path: string, other: Descriptor, newPath: string): void {
    this.#between(path, other, newPath, (from, to) => from.rename(to));
  }

  openAt({ symlinkFollow }: PathFlags, path: string, { create, directory, exclusive, truncate }: OpenFlags, flags: DescriptorFlags): Descriptor {
    if (flags.fileIntegritySync || flags.dataIntegritySync || flags.requestedWriteSync) refuse("unsupported");
    if (directory && (create || exclusive || truncate)) refuse("invalid");
    const access = this.#access();
    const write = flags.write || create || truncate;
    const mode = { read: flags.read || !flags.write, write, create, exclusive, truncate, directory };
    // Who makes a file that must not be there follows no link to it.
    const follow = (symlinkFollow || path.endsWith("/")) && !(create && exclusive);
    return this.#at(path, follow, write ? "fs.write" : "fs.read", (place, whole) => {
      if (write && mode.read && flags.read) access.mustBeAllowed("fs.read", whole);
      const opened = place.open(mode);
      if ("directory" in opened) return new Descriptor(this.#transition, new Access(this.#transition, opened.directory, whole, access.writable));
      return new Descriptor(this.#transition, { used: new UsedFile(opened.file), read: mode.read, write });
    });
  }

  readlinkAt(path: string): string {
    return this.#at(path, false, "fs.read", (place) => place.readLink());
  }

  removeDirectoryAt(path: string): void {
    this.#at(path, false, "fs.write", (place) => place.removeDirectory());
  }

  symlinkAt(target: string, path: string): void {
    this.#at(path, false, "fs.write", (place) => place.symlink(target));
  }

  unlinkFileAt(path: string): void {
    this.#at(path, false, "fs.write", (place) => place.unlink());
  }

  isSameObject(other: Descriptor): boolean {
    this.#charge();
    if (other === this) return true;
    try {
      const [one, two] = [this, other].map(({ facts }) => facts);
      return one?.device === two?.device && one?.number === two?.number;
    } catch {
      return false;
    }
  }

  metadataHash(): object {
    this.#charge();
    return hashOf(answered(() => this.facts));
  }

  metadataHashAt({ symlinkFollow }: PathFlags, path: string): object {
    return this.#at(path, symlinkFollow || path.endsWith("/"), "fs.read", (place) => hashOf(place.stat()));
  }

  /** What is to be known of it. */
  get facts(): ReturnType<Access["directory"]["stat"]> {
    return this.#opened instanceof Access ? this.#opened.directory.stat() : this.#opened.used.file.stat();
  }

  [DISPOSE](): void {
    if (this.#opened instanceof Access) this.#opened.directory.close();
    else this.#opened.used.leave();
  }

  #charge(): void {
    this.#transition.charge(CALL_FUEL + SYSTEM_FUEL);
  }

  #sync(dataOnly: boolean): void {
    this.#charge();
    const opened = this.#opened;
    answered(() => (opened instanceof Access ? opened.directory.sync() : opened.used.file.sync(dataOnly)));
  }

  #file(): UsedFile {
    return this.#opened instanceof Access ? refuse("bad-descriptor") : this.#opened.used;
  }

  /** The file, if it was opened to be written. */
  #writable(): UsedFile {
    const used = this.#file();
    return (this.#opened as { readonly write?: boolean }).write === true ? used : refuse("bad-descriptor");
  }

  #access(): Access {
    return this.#opened instanceof Access ? this.#opened : refuse("not-directory");
  }

  #at<T>(path: string, follow: boolean, how: "fs.read" | "fs.write", use: Parameters<typeof Access.prototype.at<T>>[3]): T {
    const access = this.#access();
    return answered(() => access.at(path, follow, how, use));
  }

  #between(path: string, other: Descriptor, newPath: string, use: (from: PlaceIn, to: PlaceIn) => void): void {
    const to = other.#access();
    this.#at(path, false, "fs.write", (from) => to.at(newPath, false, "fs.write", (place) => use(from, place)));
  }
}

type PlaceIn = Parameters<Parameters<Access["at"]>[3]>[0];

/** The resource `directory-entry-stream`. */
export class DirectoryEntryStream {
  readonly #transition: Transition;
  readonly #list: OpenList;

  constructor(transition: Transition, list: OpenList) {
    this.#transition = transition;
    this.#list = list;
  }

  readDirectoryEntry(): object | undefined {
    this.#transition.charge(CALL_FUEL);
    const entry = answered(() => this.#list.next());
    return entry === undefined ? undefined : { type: entry.kind, name: entry.name };
  }

  [DISPOSE](): void {
    this.#list.close();
  }
}
