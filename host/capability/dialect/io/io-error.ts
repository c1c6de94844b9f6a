import { refuse } from "../dialect.ts";

/** Why a stream failed: the resource `error` of wasi:io. */
export class IoError {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toDebugString(): string {
    return this.#text;
  }
}

/** Answers a call of a stream with the reason it failed for. @throws ComponentError always */
export function failStream(text: string): never {
  refuse({ tag: "last-operation-failed", val: new IoError(text) });
}
