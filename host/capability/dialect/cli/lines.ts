import { LOG_LINE_LENGTH_MAX } from "../../../contract/limits.ts";
import type { Logging } from "../../../contract/capsule-world.ts";
import { Body } from "../io/body.ts";
import type { Sink } from "../io/output-stream.ts";

const NEWLINE = 10;
/** How much may be written at a time, in bytes. */
const WRITE_BYTES = 65_536;
/** A line that is longer, in bytes, becomes several. */
const LINE_BYTES_MAX = LOG_LINE_LENGTH_MAX;

/** An output stream whose lines are lines of the capsule's log. */
export class LineSink implements Sink {
  readonly #tell: (line: string) => void;
  #line = new Body();

  constructor({ log }: Logging, level: "info" | "warn", context: string) {
    this.#tell = (line) => log(level, context, line);
  }

  ready(): boolean {
    return true;
  }

  room(): number {
    return WRITE_BYTES;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, at);
      const most = Math.min(end < 0 ? bytes.length : end, at + LINE_BYTES_MAX - this.#line.length);
      this.#line.add(bytes.subarray(at, most));
      at = most;
      if (at === end) at += 1;
      else if (this.#line.length < LINE_BYTES_MAX) return;
      this.#end();
    }
  }

  flush(): void {
    // A line that has not ended may go on.
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#line.length > 0) this.#end();
  }

  #end(): void {
    const line = this.#line;
    this.#line = new Body();
    this.#tell(new TextDecoder().decode(line.bytes(0)));
  }
}
