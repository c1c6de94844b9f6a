import type { Stdio } from "../../../contract/outside.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { type Reach, refuse } from "../dialect.ts";
import { bytesSource, InputStream, type Source } from "../io/input-stream.ts";
import { failStream } from "../io/io-error.ts";
import { OutputStream, type Sink } from "../io/output-stream.ts";
import { LineSink } from "./lines.ts";
import { sessionOf } from "./session.ts";

/** How much may be written at a time, in bytes. */
const WRITE_BYTES = 65_536;

/** Standard input: that of the process, or else the payload of the message. */
export function stdin(transition: Transition): InputStream {
  transition.charge(CALL_FUEL);
  const stdio = transition.outside?.stdio;
  const session = sessionOf(transition);
  if (stdio !== undefined) return new InputStream(transition, stdioSource(stdio));
  const source = bytesSource(session.input);
  // Who takes the stream again goes on where it was.
  return new InputStream(transition, {
    ready: () => true,
    read(most) {
      const bytes = source.read(most);
      if (bytes !== undefined) session.input = session.input.subarray(bytes.length);
      return bytes;
    },
  });
}

/** Standard output. */
export function stdout(reach: Reach): OutputStream {
  return output(reach, "stdout", "info");
}

/** Standard error. */
export function stderr(reach: Reach): OutputStream {
  return output(reach, "stderr", "warn");
}

/** That of the process, or else the log, or else nowhere. */
function output({ transition, logging }: Reach, name: "stdout" | "stderr", level: "info" | "warn"): OutputStream {
  transition.charge(CALL_FUEL);
  const stdio = transition.outside?.stdio;
  if (stdio !== undefined) return new OutputStream(transition, stdioSink(stdio, name));
  if (logging === undefined) return new OutputStream(transition, NOWHERE);
  const { lines } = sessionOf(transition);
  const sink = lines.get(name) ?? new LineSink(logging, level, name);
  lines.set(name, sink);
  return new OutputStream(transition, sink);
}

const NOWHERE: Sink = { ready: () => true, room: () => WRITE_BYTES, write: () => undefined, flush: () => undefined };

function stdioSource(stdio: Stdio): Source {
  return { ready: () => stdio.readable(), read: (most) => told(() => stdio.read(most)) };
}

function stdioSink(stdio: Stdio, name: "stdout" | "stderr"): Sink {
  let isClosed = false;
  return {
    ready: () => true,
    room: () => (isClosed ? refuse({ tag: "closed" }) : WRITE_BYTES),
    write(bytes) {
      if (isClosed) refuse({ tag: "closed" });
      told(() => {
        try {
          stdio.write(name, bytes);
        } catch (error) {
          if ((error as { readonly code?: unknown }).code !== "EPIPE") throw error;
          isClosed = true;
          refuse({ tag: "closed" });
        }
      });
    },
    flush: () => undefined,
  };
}

/** Does something with the streams of the process. What the system refuses is told. */
function told<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") failStream(error.message);
    throw error;
  }
}
