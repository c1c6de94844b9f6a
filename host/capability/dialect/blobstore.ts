import { as } from "../interface.ts";
import { Container, ObjectNames } from "./container.ts";
import { containers } from "./containers.ts";
import type { Dialect } from "./dialect.ts";
import { IncomingValue, outgoingValueOf } from "./blob-value.ts";

// wasi:blobstore. Containers and what is in them are parts of the capsule's own state.

const BLOBSTORE = "wasi:blobstore/blobstore@0.2.0-draft";
const CONTAINER = "wasi:blobstore/container@0.2.0-draft";
const TYPES = "wasi:blobstore/types@0.2.0-draft";
const SELF = "self: borrow<container>";
const OBJECT = "record { container: string, object: string }";
const NAMES = "self: borrow<stream-object-names>";

/** wasi:blobstore. When something was made is the time, which belongs to the context. */
export const DIALECT: Dialect = {
  interfaces: {
    [BLOBSTORE]: as("state", {
      "create-container": "func(name: string) -> result<container, string>",
      "get-container": "func(name: string) -> result<container, string>",
      "delete-container": "func(name: string) -> result<_, string>",
      "container-exists": "func(name: string) -> result<bool, string>",
      "copy-object": `func(src: ${OBJECT}, dest: ${OBJECT}) -> result<_, string>`,
      "move-object": `func(src: ${OBJECT}, dest: ${OBJECT}) -> result<_, string>`,
    }),
    [CONTAINER]: {
      ...as("state", {
        container: "resource",
        "[method]container.name": `func(${SELF}) -> result<string, string>`,
        "[method]container.get-data": `func(${SELF}, name: string, start: u64, end: u64) -> result<incoming-value, string>`,
        "[method]container.write-data": `func(${SELF}, name: string, data: borrow<outgoing-value>) -> result<_, string>`,
        "[method]container.list-objects": `func(${SELF}) -> result<stream-object-names, string>`,
        "[method]container.delete-object": `func(${SELF}, name: string) -> result<_, string>`,
        "[method]container.delete-objects": `func(${SELF}, names: list<string>) -> result<_, string>`,
        "[method]container.has-object": `func(${SELF}, name: string) -> result<bool, string>`,
        "[method]container.clear": `func(${SELF}) -> result<_, string>`,
        "stream-object-names": "resource",
        "[method]stream-object-names.read-stream-object-names": `func(${NAMES}, len: u64) -> result<tuple<list<string>, bool>, string>`,
        "[method]stream-object-names.skip-stream-object-names": `func(${NAMES}, num: u64) -> result<tuple<u64, bool>, string>`,
      }),
      ...as("context", {
        "[method]container.info": `func(${SELF}) -> result<record { name: string, created-at: u64 }, string>`,
        "[method]container.object-info": `func(${SELF}, name: string) -> result<record { name: string, container: string, created-at: u64, size: u64 }, string>`,
      }),
    },
    [TYPES]: as(undefined, {
      "outgoing-value": "resource",
      "[static]outgoing-value.new-outgoing-value": "func() -> outgoing-value",
      "[method]outgoing-value.outgoing-value-write-body": "func(self: borrow<outgoing-value>) -> result<output-stream>",
      "[static]outgoing-value.finish": "func(this: outgoing-value) -> result<_, string>",
      "incoming-value": "resource",
      "[static]incoming-value.incoming-value-consume-sync": "func(this: incoming-value) -> result<list<u8>, string>",
      "[static]incoming-value.incoming-value-consume-async": "func(this: incoming-value) -> result<input-stream, string>",
      "[method]incoming-value.size": "func(self: borrow<incoming-value>) -> u64",
    }),
  },
  make: ({ transition }) => ({
    [BLOBSTORE]: containers(transition),
    [CONTAINER]: { Container, StreamObjectNames: ObjectNames },
    [TYPES]: { OutgoingValue: outgoingValueOf(transition), IncomingValue },
  }),
};
