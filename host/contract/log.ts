import type { Level } from "./capsule-world.ts";

/** A line that a capsule logged while it handled a message, or that the host has to say about the capsule. */
export interface LogLine {
  /** The name of the capsule. */
  readonly capsule: string;
  /** How much it matters. */
  readonly level: Level;
  /** The part of the capsule that speaks, as it calls it; `doteros` when the host itself speaks. */
  readonly context: string;
  readonly message: string;
  /** Which transition of the capsule: its index; 0 before the first. */
  readonly index: number;
  /** Which attempt at it; the first is 1. */
  readonly attempt: number;
  /** What became of that attempt. Lines of one that failed are shown too: they say why. */
  readonly outcome: "committed" | "failed";
}
