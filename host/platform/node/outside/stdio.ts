import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { Stdio, StreamName } from "../../../contract/outside.ts";
import { codeOf } from "./failure.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** How much is looked for at a time, in bytes. */
const READ_BYTES = 65_536;
/** How long to wait for room in a pipe that does not wait by itself, in milliseconds. */
const ROOM_MILLISECONDS = 1;

/** The standard streams of this process, by their descriptors: the process's own streams are read and written between two messages. */
export class ProcessStdio implements Stdio {
  readonly #pause: (milliseconds: number) => void;
  /** What was read and nobody has had yet. */
  #ahead: Uint8Array | undefined;
  #ended = false;
  /** Where standard input is read without waiting; undefined where it cannot be, and before anyone asked. */
  #impatient: number | undefined;
  #asked = false;

  constructor(pause: (milliseconds: number) => void) {
    this.#pause = pause;
  }

  /** Whether someone asked, there was nothing, and there may be something soon. */
  get isAwaited(): boolean {
    return this.#impatient !== undefined && this.#ahead === undefined && !this.#ended;
  }

  readable(): boolean {
    if (this.#ended || this.#ahead !== undefined) return true;
    const descriptor = this.#impatiently();
    if (descriptor === undefined) return true;
    this.#take(descriptor, READ_BYTES);
    return this.#ended || this.#ahead !== undefined;
  }

  read(most: number): Uint8Array | undefined {
    if (this.#ahead === undefined && !this.#ended && most > 0) this.#take(this.#impatient ?? STDIN, Math.min(most, READ_BYTES));
    const bytes = this.#ahead;
    if (bytes === undefined) return this.#ended ? undefined : new Uint8Array(0);
    this.#ahead = bytes.length > most ? bytes.subarray(most) : undefined;
    return bytes.subarray(0, most);
  }

  write(to: "stdout" | "stderr", bytes: Uint8Array): void {
    const descriptor = to === "stdout" ? STDOUT : STDERR;
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(descriptor, bytes, at, bytes.length - at);
      } catch (error) {
        if (codeOf(error) !== "EAGAIN") throw error;
        this.#pause(ROOM_MILLISECONDS);
      }
    }
  }

  isTerminal(stream: StreamName): boolean {
    return isatty({ stdin: STDIN, stdout: STDOUT, stderr: STDERR }[stream]);
  }

  /** Reads what is there. */
  #take(descriptor: number, most: number): void {
    const into = new Uint8Array(most);
    try {
      const length = readSync(descriptor, into, 0, most, null);
      if (length === 0) this.#end();
      else this.#ahead = into.subarray(0, length);
    } catch (error) {
      const code = codeOf(error);
      // Windows says so of a pipe that is closed.
      if (code === "EOF") this.#end();
      else if (code !== "EAGAIN") throw error;
    }
  }

  #end(): void {
    this.#ended = true;
    if (this.#impatient !== undefined) closeSync(this.#impatient);
    this.#impatient = undefined;
  }

  /** A descriptor of its own, so that nobody else who reads from there is told that there is nothing yet. */
  #impatiently(): number | undefined {
    if (this.#asked) return this.#impatient;
    this.#asked = true;
    try {
      // A file is always there.
      if (!fstatSync(STDIN).isFile()) this.#impatient = openSync(`/proc/self/fd/${STDIN}`, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      // Sockets cannot be opened again, and other systems have no such names: there a read waits.
    }
    return this.#impatient;
  }
}
