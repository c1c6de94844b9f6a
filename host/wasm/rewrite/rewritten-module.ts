import type { StateExports } from "./state-exports.ts";

/** What the rewritten module does beside what it did. Each part alone, or together with others. */
export interface RewriteOptions {
  /**
   * Counts instructions, and traps when there is no fuel left. `block`, `loop`, `else`, `end`, `try` and what catches cost
   * nothing, every other instruction one unit; more for what takes engines long: 2,000 to throw and 300 for each frame that an
   * exception leaves (frames as `stack` counts them), 32 to put a reference into a table, 16 and its length for what has one (a
   * unit for 16 bytes, for an element of an array, 32 for a reference of a table, 4,096 for a page of memory that was grown by),
   * one for each field of an object, one for each 16 locals of a function that is called.
   */
  readonly fuel?: boolean;
  /**
   * Counts the frames of functions that call others, and traps when there are none left. One frame for each eight parameters,
   * locals and operands that a function has at the same time, and one more.
   */
  readonly stack?: boolean;
  /** What all memories may have together, in pages of 64 KiB. The module is refused when it begins with more. */
  readonly memoryPagesMax?: number;
  /** What all tables may have together, in elements. The module is refused when it begins with more. */
  readonly tableElementsMax?: number;
  /** Gives every NaN that arithmetic makes the same bits in every engine. */
  readonly canonicalNaN?: boolean;
  /** Exports memories, tables and mutable globals. */
  readonly exportState?: boolean;
}

/** A module that was rewritten, and what is to be known of it. */
export interface RewrittenModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The module name under which it imports what counts; see `Counters`. Undefined when nothing is counted. */
  readonly countersFrom: string | undefined;
  /** Undefined unless `exportState` is asked for. */
  readonly state: StateExports | undefined;
  /** Whether it drops segments of data or elements: then what it exports is not all that an instance keeps. */
  readonly dropsSegments: boolean;
  /** Whether it makes structs or arrays, which the engine keeps outside of its memories, and which no limit here counts. */
  readonly allocates: boolean;
  /**
   * What its instances may keep between calls beside memories and globals of numbers, in words, such as "a table that its code
   * changes". Undefined when those say everything: then what is a copy of them is a copy of the instance.
   */
  readonly hiddenState: string | undefined;
}

/** What is to be known of a module that was rewritten, beside its bytes. */
export type Metering = Omit<RewrittenModule, "bytes">;
