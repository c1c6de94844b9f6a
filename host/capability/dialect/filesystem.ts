import { DoterosError } from "../../contract/error.ts";
import type { OpenDirectory } from "../../contract/folder.ts";
import type { Folder } from "../../contract/outside.ts";
import { as } from "../interface.ts";
import { CALL_FUEL } from "../transition.ts";
import type { Dialect } from "./dialect.ts";
import { Access } from "./filesystem/access.ts";
import { Descriptor, DirectoryEntryStream } from "./filesystem/descriptor.ts";
import { ERROR_CODE, FileError } from "./filesystem/error-code.ts";
import { HASH, KIND, NEW_TIMESTAMP, STAT } from "./filesystem/facts.ts";

// wasi:filesystem, over the folders that were granted. Without any there is no directory to begin from.

const TYPES = "wasi:filesystem/types@0.2.12";
const PREOPENS = "wasi:filesystem/preopens@0.2.12";
const PATH_FLAGS = "flags { symlink-follow }";
const OPEN_FLAGS = "flags { create, directory, exclusive, truncate }";
const DESCRIPTOR_FLAGS = "flags { read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, mutate-directory }";
const ADVICE = "enum { normal, sequential, random, will-need, dont-need, no-reuse }";
const ENTRY = `record { type: ${KIND}, name: string }`;

/** The types of a descriptor's methods: what they take after the descriptor, and what they answer with. */
const METHODS: Readonly<Record<string, readonly [params: string, answer: string]>> = {
  "read-via-stream": ["offset: u64", "input-stream"],
  "write-via-stream": ["offset: u64", "output-stream"],
  "append-via-stream": ["", "output-stream"],
  advise: [`offset: u64, length: u64, advice: ${ADVICE}`, "_"],
  "sync-data": ["", "_"],
  "get-flags": ["", DESCRIPTOR_FLAGS],
  "get-type": ["", KIND],
  "set-size": ["size: u64", "_"],
  "set-times": [`data-access-timestamp: ${NEW_TIMESTAMP}, data-modification-timestamp: ${NEW_TIMESTAMP}`, "_"],
  read: ["length: u64, offset: u64", "tuple<list<u8>, bool>"],
  write: ["buffer: list<u8>, offset: u64", "u64"],
  "read-directory": ["", "directory-entry-stream"],
  sync: ["", "_"],
  "create-directory-at": ["path: string", "_"],
  stat: ["", STAT],
  "stat-at": [`path-flags: ${PATH_FLAGS}, path: string`, STAT],
  "set-times-at": [`path-flags: ${PATH_FLAGS}, path: string, data-access-timestamp: ${NEW_TIMESTAMP}, data-modification-timestamp: ${NEW_TIMESTAMP}`, "_"],
  "link-at": [`old-path-flags: ${PATH_FLAGS}, old-path: string, new-descriptor: borrow<descriptor>, new-path: string`, "_"],
  "open-at": [`path-flags: ${PATH_FLAGS}, path: string, open-flags: ${OPEN_FLAGS}, %flags: ${DESCRIPTOR_FLAGS}`, "descriptor"],
  "readlink-at": ["path: string", "string"],
  "remove-directory-at": ["path: string", "_"],
  "rename-at": ["old-path: string, new-descriptor: borrow<descriptor>, new-path: string", "_"],
  "symlink-at": ["old-path: string, new-path: string", "_"],
  "unlink-file-at": ["path: string", "_"],
  "metadata-hash": ["", HASH],
  "metadata-hash-at": [`path-flags: ${PATH_FLAGS}, path: string`, HASH],
};

const methods = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(METHODS).map(([name, [params, answer]]) => {
      const all = ["self: borrow<descriptor>", ...(params === "" ? [] : [params])].join(", ");
      return [`[method]descriptor.${name}`, `func(${all}) -> result<${answer}, ${ERROR_CODE}>`];
    }),
  );

/** wasi:filesystem. */
export const DIALECT: Dialect = {
  interfaces: {
    [TYPES]: as(undefined, {
      descriptor: "resource",
      ...methods(),
      "[method]descriptor.is-same-object": "func(self: borrow<descriptor>, other: borrow<descriptor>) -> bool",
      "directory-entry-stream": "resource",
      "[method]directory-entry-stream.read-directory-entry": `func(self: borrow<directory-entry-stream>) -> result<option<${ENTRY}>, ${ERROR_CODE}>`,
      "filesystem-error-code": `func(err: borrow<error>) -> option<${ERROR_CODE}>`,
    }),
    [PREOPENS]: as(undefined, { "get-directories": "func() -> list<tuple<descriptor, string>>" }),
  },
  make: ({ transition }) => ({
    [TYPES]: { Descriptor, DirectoryEntryStream, filesystemErrorCode: (error: unknown) => (error instanceof FileError ? error.code : undefined) },
    [PREOPENS]: {
      getDirectories() {
        transition.charge(CALL_FUEL);
        const folders = transition.outside?.folders ?? [];
        return folders.map((folder) => {
          const { guest, writable } = folder.right;
          return [new Descriptor(transition, new Access(transition, opened(folder), guest, writable)), guest];
        });
      },
    },
  }),
};

/** Opens a folder for a function that has no error to answer with. @throws DoterosError `trap` */
function opened(folder: Folder): OpenDirectory {
  try {
    return folder.open();
  } catch (cause) {
    throw new DoterosError("trap", `the folder ${folder.right.guest} cannot be opened once more: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
