/** One file of what a page loads. */
export interface PageChunk {
  readonly file: string;
  /** Whether it is loaded with the page, and not when a component needs it. */
  readonly isStatic: boolean;
  readonly isForCapsules: boolean;
  readonly bytes: number;
  readonly gzipBytes: number;
}

export function pageBundle(door: string, wanted: string): Promise<PageChunk[]>;
