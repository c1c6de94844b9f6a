import { LOG_LINE_LENGTH_MAX } from "../../../contract/limits.ts";

/** What is written piece by piece, as lines. */
export class LineWriter {
  readonly #tell: (line: string) => void;
  #decoder = new TextDecoder();
  /** The line that has no end yet, as far as it will be told. */
  #line = "";

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  write(bytes: Uint8Array): void {
    const pieces = this.#decoder.decode(bytes, { stream: true }).split("\n");
    const last = pieces.pop() ?? "";
    for (const piece of pieces) {
      this.#add(piece);
      this.#end();
    }
    this.#add(last);
  }

  /** Tells what is left. */
  flush(): void {
    this.#add(this.#decoder.decode());
    this.#decoder = new TextDecoder();
    if (this.#line !== "") this.#end();
  }

  /** One unit more than a line may have says that there was more. */
  #add(text: string): void {
    if (this.#line.length <= LOG_LINE_LENGTH_MAX) this.#line += text.slice(0, LOG_LINE_LENGTH_MAX + 1 - this.#line.length);
  }

  #end(): void {
    const line = this.#line;
    this.#line = "";
    this.#tell(line);
  }
}
