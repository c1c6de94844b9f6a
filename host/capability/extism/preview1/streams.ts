import { stderr, stdin, stdout } from "../../dialect/cli/streams.ts";
import type { Reach } from "../../dialect/dialect.ts";
import type { HostFunction } from "../env.ts";
import { BAD_DESCRIPTOR, BROKEN_PIPE, failureOf, NOT_SEEKABLE, SUCCESS } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

const STREAMS = ["stdin", "stdout", "stderr"] as const;
/** What a descriptor of a standard stream says that it is. */
const UNKNOWN = 0;
const CHARACTER_DEVICE = 2;
const FDSTAT_BYTES = 24;
const FILESTAT_BYTES = 64;
const VECTOR_BYTES = 8;
/** What a vector of bytes costs that is looked at, in units of fuel. */
const VECTOR_FUEL = 50;

/** The functions that work on the standard streams, and on no others: those of wasi:cli. */
export function streamFunctions(memory: GuestMemory, reach: Reach): Record<string, HostFunction> {
  const { transition } = reach;
  /** Answers for a standard stream, and that there is no other. */
  const standard = (descriptor: number, answer: (name: (typeof STREAMS)[number]) => number): number => {
    const name = STREAMS[descriptor];
    return name === undefined ? BAD_DESCRIPTOR : answer(name);
  };
  const describe = (size: number) => (descriptor: number, pointer: number): number =>
    standard(descriptor, (name) => {
      const bytes = memory.bytes(pointer, size).fill(0);
      // Where a file's kind stands depends on what is asked for.
      bytes[size === FDSTAT_BYTES ? 0 : 16] = transition.outside?.stdio?.isTerminal(name) === false ? UNKNOWN : CHARACTER_DEVICE;
      return SUCCESS;
    });
  const seek = (descriptor: number): number => standard(descriptor, () => NOT_SEEKABLE);
  /** The pieces of memory that vectors name. */
  function* pieces(vectors: number, count: number): Iterable<Uint8Array> {
    for (let index = 0; index < count >>> 0; index += 1) {
      transition.charge(VECTOR_FUEL);
      const vector = memory.view(vectors + index * VECTOR_BYTES, VECTOR_BYTES);
      yield memory.bytes(vector.getUint32(0, true), vector.getUint32(4, true));
    }
  }
  return {
    fd_close: (descriptor: number) => standard(descriptor, () => SUCCESS),
    fd_fdstat_get: describe(FDSTAT_BYTES),
    fd_filestat_get: describe(FILESTAT_BYTES),
    fd_fdstat_set_flags: (descriptor: number) => standard(descriptor, () => SUCCESS),
    fd_seek: seek,
    fd_tell: seek,
    /** Fills the first piece that takes something, as far as there is something: whoever wants more reads again. */
    fd_read(descriptor: number, vectors: number, count: number, made: number) {
      if (descriptor !== 0) return BAD_DESCRIPTOR;
      for (const piece of pieces(vectors, count)) {
        if (piece.length === 0) continue;
        let bytes = new Uint8Array();
        const failure = failureOf(() => {
          bytes = new Uint8Array(stdin(transition).blockingRead(BigInt(piece.length)));
        });
        // At the end of a stream nothing is read, and that is no failure here.
        if (failure !== undefined && failure !== BROKEN_PIPE) return failure;
        piece.set(bytes);
        memory.setWord(made, bytes.length);
        return SUCCESS;
      }
      memory.setWord(made, 0);
      return SUCCESS;
    },
    fd_write(descriptor: number, vectors: number, count: number, made: number) {
      if (descriptor !== 1 && descriptor !== 2) return BAD_DESCRIPTOR;
      const stream = descriptor === 1 ? stdout(reach) : stderr(reach);
      let written = 0;
      for (const piece of pieces(vectors, count)) {
        // What is written is a stream's own, and the piece is the program's.
        const failure = failureOf(() => stream.blockingWriteAndFlush(piece.slice()));
        if (failure !== undefined) return failure;
        written += piece.length;
      }
      memory.setWord(made, written);
      return SUCCESS;
    },
  };
}
