import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** A connection on which a test says what it likes, and everything that came back. */
export class Client {
  readonly #socket: Socket;
  #text = "";
  /** Resolves when the other end has closed the connection. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket.setEncoding("latin1").on("error", () => undefined);
    socket.on("data", (text: string) => (this.#text += text));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
  }

  static connect(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(new Client(socket))).once("error", reject);
    });
  }

  /** What came so far. */
  get text(): string {
    return this.#text;
  }

  /** Sends lines of a head, and what comes after it. */
  send(lines: readonly string[], rest = ""): void {
    this.#socket.write(`${lines.join("\r\n")}\r\n\r\n${rest}`, "latin1");
  }

  write(text: string): void {
    this.#socket.write(text, "latin1");
  }

  /** Resolves when what came holds that, and throws when it never does. */
  async until(wanted: string | RegExp): Promise<string> {
    for (let tries = 0; tries < 500; tries += 1) {
      if (typeof wanted === "string" ? this.#text.includes(wanted) : wanted.test(this.#text)) return this.#text;
      await wait(10);
    }
    throw new Error(`it never came; this did: ${JSON.stringify(this.#text.slice(0, 1_000))}`);
  }

  /** Reads no more. */
  pause(): void {
    this.#socket.pause();
  }

  /** Hangs up. */
  end(): void {
    this.#socket.destroy();
  }
}
