import type { Level } from "./capsule-world.ts";

/** One line that a capsule, or the host, has to say to people. Lines of a transition that fails are delivered, too. */
export interface LogLine {
  /** Who speaks: a capsule's name, or `host`. */
  readonly capsule: string;
  /** How much it matters. */
  readonly level: Level;
  /** The part of the program that speaks; may be empty. */
  readonly context: string;
  readonly message: string;
  /** The transition in which it was said; 0 outside of any. */
  readonly index: bigint;
}
