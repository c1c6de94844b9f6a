import { SystemFailure } from "./failure.ts";

/** What one capsule has open, which is closed at the latest when its instance is gone. */
export class OpenThings {
  readonly #most: number;
  readonly #open = new Set<{ close(): void }>();

  /** @param most how many there may be at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws EMFILE before one more is opened than there may be */
  mustHaveRoom(): void {
    if (this.#open.size >= this.#most) throw new SystemFailure("EMFILE", `${this.#most} files and directories are open already`);
  }

  add(thing: { close(): void }): void {
    this.#open.add(thing);
  }

  /** Answers whether it was open. */
  remove(thing: { close(): void }): boolean {
    return this.#open.delete(thing);
  }

  closeAll(): void {
    // Each takes itself out.
    for (const thing of this.#open) thing.close();
  }
}
