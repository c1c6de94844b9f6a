import type { BigIntStats, Dirent } from "node:fs";
import type { FileFacts, FileKind } from "../../../contract/folder.ts";

/** What is to be known of something, from what Node says of it. */
export function factsOf(stats: BigIntStats): FileFacts {
  return {
    kind: kindOf(stats),
    links: stats.nlink,
    size: stats.size,
    accessed: stats.atimeNs,
    modified: stats.mtimeNs,
    changed: stats.ctimeNs,
    device: stats.dev,
    number: stats.ino,
  };
}

/** What something is. */
export function kindOf(entry: BigIntStats | Dirent): FileKind {
  if (entry.isFile()) return "regular-file";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "symbolic-link";
  if (entry.isFIFO()) return "fifo";
  if (entry.isSocket()) return "socket";
  if (entry.isCharacterDevice()) return "character-device";
  return entry.isBlockDevice() ? "block-device" : "unknown";
}

const NANOSECONDS_PER_SECOND = 1e9;

/** The times to be set, in seconds, as Node takes them: the ones that stay are those that it has. */
export function secondsOf({ accessed, modified }: { readonly accessed: bigint | undefined; readonly modified: bigint | undefined }, facts: () => FileFacts): [accessed: number, modified: number] {
  const now = accessed === undefined || modified === undefined ? facts() : undefined;
  const seconds = (time: bigint): number => Number(time) / NANOSECONDS_PER_SECOND;
  return [seconds(accessed ?? now?.accessed ?? 0n), seconds(modified ?? now?.modified ?? 0n)];
}
