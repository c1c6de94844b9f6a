// All there is to find lies in one hash table: an entry is found by its parent and its text. Three kinds share it.
import { giveBack, take } from "./memory";

/** What all kinds begin with. The text, UTF-8, follows the fields of the kind; zeros fill its last 8 bytes. */
@unmanaged
export class Entry {
  /** The address of the entry above. With the lowest bit set it is a queue of that entry; GROUPS for names of groups. */
  parent: usize;
  hash: u32;
  /** The next entry in the same bucket. */
  next: Entry | null;
  /** Bytes of the text. */
  textBytes: u32;
}

/** One token of patterns: where the patterns that share their first tokens part. */
@unmanaged
export class Level extends Entry {
  /** The level below for `*`. It and the one for `>` are not in the table. */
  any: Level | null;
  /** The level below for `>`. */
  rest: Level | null;
  /** How many levels below have a name. */
  named: u32;
  /** The plain subscribers of the pattern that ends here: a list of ids. */
  subscribers: usize;
  /** The first queue of the pattern that ends here. */
  queues: Queue | null;
}

/** The members of one group on one pattern. */
@unmanaged
export class Queue extends Entry {
  before: Queue | null;
  after: Queue | null;
  /** A list of ids. */
  members: usize;
  group: Group | null;
  /** While matching: the next queue of the same group that the subject met. */
  nextMet: Queue | null;
}

/** A group's name, on whatever patterns it has members. */
@unmanaged
export class Group extends Entry {
  /** How many queues it has. */
  queues: u32;
  /** While matching: which match met it last, its queues and how many members they have, and the next group met. */
  met: u32;
  firstMet: Queue | null;
  members: u32;
  nextMet: Group | null;
}

/** The parent of groups. No entry lies at so low an address. */
export const GROUPS: usize = 1;
/** Where the text begins: all kinds are equally long, rounded up to words of 8 bytes. */
const TEXT_OFFSET: usize = (offsetof<Level>() + 7) & ~7;
const HASH_FACTOR: u64 = 0x9e3779b97f4a7c15;

const FIRST_BUCKETS: u32 = 64;

let buckets: usize = 0;
let bucketMask: u32 = 0;
let entries: u32 = 0;
let seed: u32 = 0;

/** Makes the hashes of this table its own, so that nobody can choose texts that meet in one bucket. */
export function seedTable(value: u32): void {
  seed = value;
}

/** The hash of a text, of which the word at its end can be read whole. */
export function hashOf(text: usize, bytes: u32): u32 {
  let hash = <u64>seed;
  let at: u32 = 0;
  for (; at + 8 <= bytes; at += 8) hash = mixed(hash ^ load<u64>(text + at));
  if (at < bytes) hash = mixed(hash ^ lastWord(text + at, bytes - at));
  return <u32>hash;
}

@inline
function mixed(hash: u64): u64 {
  hash *= HASH_FACTOR;
  return hash ^ (hash >> 32);
}

/** The first bytes, one to seven, of a word; zeros for the others. */
@inline
function lastWord(at: usize, bytes: u32): u64 {
  return load<u64>(at) & (((<u64>1) << (<u64>bytes << 3)) - 1);
}

@inline
function hashBelow(parent: usize, textHash: u32): u32 {
  let hash = textHash ^ (<u32>parent * 0x9e3779b1);
  hash ^= hash >> 15;
  hash *= 0x85ebca6b;
  return hash ^ (hash >> 13);
}

/** The entry with this parent and text, or null. */
export function find(parent: usize, text: usize, bytes: u32, textHash: u32): Entry | null {
  if (buckets == 0) return null;
  const hash = hashBelow(parent, textHash);
  let entry = load<Entry | null>(bucketOf(hash));
  while (entry !== null) {
    if (entry.hash == hash && entry.parent == parent && entry.textBytes == bytes && hasText(entry, text, bytes)) break;
    entry = entry.next;
  }
  return entry;
}

/** Makes an entry, all its fields 0. The caller has seen that there is room for it. */
export function make(parent: usize, text: usize, bytes: u32): Entry {
  const size = entryBytes(bytes);
  const block = take(size);
  memory.fill(block, 0, size);
  const entry = changetype<Entry>(block);
  entry.parent = parent;
  entry.textBytes = bytes;
  memory.copy(textOf(entry), text, bytes);
  return entry;
}

/** Puts an entry into the table. */
export function enter(entry: Entry, textHash: u32): void {
  if (entries > bucketMask || buckets == 0) growTable();
  entry.hash = hashBelow(entry.parent, textHash);
  link(entry);
  entries += 1;
}

/** Takes an entry out of the table. */
export function leave(entry: Entry): void {
  let at = bucketOf(entry.hash);
  while (load<usize>(at) != changetype<usize>(entry)) at = load<usize>(at) + offsetof<Entry>("next");
  store<usize>(at, changetype<usize>(entry.next));
  entries -= 1;
}

/** Gives an entry's memory back. */
export function discard(entry: Entry): void {
  giveBack(changetype<usize>(entry), entryBytes(entry.textBytes));
}

/** The memory of an entry with so many bytes of text. */
@inline
export function entryBytes(bytes: u32): usize {
  return TEXT_OFFSET + ((<usize>bytes + 7) & ~7);
}

@inline
function textOf(entry: Entry): usize {
  return changetype<usize>(entry) + TEXT_OFFSET;
}

@inline
function bucketOf(hash: u32): usize {
  return buckets + (<usize>(hash & bucketMask) << 2);
}

@inline
function link(entry: Entry): void {
  const bucket = bucketOf(entry.hash);
  entry.next = load<Entry | null>(bucket);
  store<usize>(bucket, changetype<usize>(entry));
}

/** Twice as many buckets. When memory is full it stays as it is: longer chains, and still right. */
function growTable(): void {
  const oldCount: u32 = buckets == 0 ? 0 : bucketMask + 1;
  const count: u32 = oldCount == 0 ? FIRST_BUCKETS : oldCount << 1;
  const fresh = take(<usize>count << 2);
  if (fresh == 0) return;
  memory.fill(fresh, 0, <usize>count << 2);
  const old = buckets;
  buckets = fresh;
  bucketMask = count - 1;
  for (let at: u32 = 0; at < oldCount; at += 1) {
    let entry = load<Entry | null>(old + (<usize>at << 2));
    while (entry !== null) {
      const next = entry.next;
      link(entry);
      entry = next;
    }
  }
  if (old != 0) giveBack(old, <usize>oldCount << 2);
}

/** Whether an entry has this text, of which the word at its end can be read whole. */
@inline
function hasText(entry: Entry, text: usize, bytes: u32): bool {
  const own = textOf(entry);
  let at: u32 = 0;
  for (; at + 8 <= bytes; at += 8) if (load<u64>(own + at) != load<u64>(text + at)) return false;
  return at == bytes || load<u64>(own + at) == lastWord(text + at, bytes - at);
}
