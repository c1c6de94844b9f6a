import { as } from "../interface.ts";
import type { Dialect } from "./dialect.ts";
import { InputStream } from "./io/input-stream.ts";
import { IoError } from "./io/io-error.ts";
import { OutputStream } from "./io/output-stream.ts";
import { Pollable } from "./io/pollable.ts";

// wasi:io. By itself it leads nowhere, so it needs no grant.

const STREAM_ERROR = "variant { last-operation-failed(error), closed }";
const INPUT = "self: borrow<input-stream>";
const OUTPUT = "self: borrow<output-stream>";
const STREAMS = "wasi:io/streams@0.2.6";
const ERROR = "wasi:io/error@0.2.6";
const POLL = "wasi:io/poll@0.2.6";
const read = `func(${INPUT}, len: u64) -> result<list<u8>, ${STREAM_ERROR}>`;
const skip = `func(${INPUT}, len: u64) -> result<u64, ${STREAM_ERROR}>`;
const write = `func(${OUTPUT}, contents: list<u8>) -> result<_, ${STREAM_ERROR}>`;
const flush = `func(${OUTPUT}) -> result<_, ${STREAM_ERROR}>`;
const zeroes = `func(${OUTPUT}, len: u64) -> result<_, ${STREAM_ERROR}>`;
const splice = `func(${OUTPUT}, src: borrow<input-stream>, len: u64) -> result<u64, ${STREAM_ERROR}>`;

/** wasi:io. */
export const DIALECT: Dialect = {
  interfaces: {
    [ERROR]: as(undefined, { error: "resource", "[method]error.to-debug-string": "func(self: borrow<error>) -> string" }),
    [POLL]: as(undefined, {
      pollable: "resource",
      "[method]pollable.ready": "func(self: borrow<pollable>) -> bool",
      "[method]pollable.block": "func(self: borrow<pollable>)",
      poll: "func(in: list<borrow<pollable>>) -> list<u32>",
    }),
    [STREAMS]: as(undefined, {
      "input-stream": "resource",
      "[method]input-stream.read": read,
      "[method]input-stream.blocking-read": read,
      "[method]input-stream.skip": skip,
      "[method]input-stream.blocking-skip": skip,
      "[method]input-stream.subscribe": `func(${INPUT}) -> pollable`,
      "output-stream": "resource",
      "[method]output-stream.check-write": `func(${OUTPUT}) -> result<u64, ${STREAM_ERROR}>`,
      "[method]output-stream.write": write,
      "[method]output-stream.blocking-write-and-flush": write,
      "[method]output-stream.flush": flush,
      "[method]output-stream.blocking-flush": flush,
      "[method]output-stream.subscribe": `func(${OUTPUT}) -> pollable`,
      "[method]output-stream.write-zeroes": zeroes,
      "[method]output-stream.blocking-write-zeroes-and-flush": zeroes,
      "[method]output-stream.splice": splice,
      "[method]output-stream.blocking-splice": splice,
    }),
  },
  make: ({ transition }) => ({
    [ERROR]: { Error: IoError },
    [POLL]: { Pollable, poll: (pollables: readonly Pollable[]) => Pollable.poll(transition, pollables) },
    [STREAMS]: { InputStream, OutputStream },
  }),
};
