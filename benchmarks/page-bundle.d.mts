/** One file of what a page loads. */
export interface PageChunk {
  readonly file: string;
  /** Whether it is loaded with the page, and not when a component needs it. */
  readonly isStatic: boolean;
  /** Whether it is not, and a host loads it with its first capsule. */
  readonly isForCapsules: boolean;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** What a page imports from a door, and how much of it may be loaded with the page, in bytes by gzip. */
export interface Page {
  readonly door: string;
  readonly wanted: string;
  readonly budget: number;
}

export const PAGES: readonly Page[];
export function pageBundle(door: string, wanted: string): Promise<PageChunk[]>;
