// The partition hash: XXH64 with seed 0 over the key, from its specification, and then the jump consistent hash of
// Lamping and Veach, which moves as few keys as can be when the number of partitions changes. Both are fixed for ever.
//
// A key comes through `window`, in pieces of the window's size, of which the last may be shorter.

const PRIME1: u64 = 0x9e3779b185ebca87;
const PRIME2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME3: u64 = 0x165667b19e3779f9;
const PRIME4: u64 = 0x85ebca77c2b2ae63;
const PRIME5: u64 = 0x27d4eb2f165667c5;

const TWO_TO_31: f64 = 2147483648;

/** Whole stripes of 32 bytes. */
const WINDOW_BYTES: u32 = 4096;
const window: usize = memory.data(4096, 8);

let lane1: u64 = 0;
let lane2: u64 = 0;
let lane3: u64 = 0;
let lane4: u64 = 0;
let total: u64 = 0;

export function windowAddress(): usize {
  return window;
}

export function windowBytes(): u32 {
  return WINDOW_BYTES;
}

/** Begins a key. */
export function begin(): void {
  lane1 = PRIME1 + PRIME2;
  lane2 = PRIME2;
  lane3 = 0;
  lane4 = 0 - PRIME1;
  total = 0;
}

/** A whole window of the key, after which more of it follows or nothing. */
export function whole(): void {
  stripes(WINDOW_BYTES);
  total += WINDOW_BYTES;
}

/** Ends a key with so many bytes of the window, fewer than it has, and answers its hash. */
export function finish(length: u32): u64 {
  const striped = length & ~31;
  stripes(striped);
  total += length;
  let hash = total < 32 ? PRIME5 : joined();
  hash += total;
  return avalanche(tail(hash, window + striped, window + length));
}

/** Ends a key as `finish` does, and answers its partition among so many, of which there is at least one. */
export function finishPartition(length: u32, partitions: u32): u32 {
  return jump(finish(length), partitions);
}

/** The jump consistent hash: in which of so many buckets a key falls. */
export function jump(key: u64, buckets: u32): u32 {
  let bucket: i64 = -1;
  let next: i64 = 0;
  while (next < <i64>buckets) {
    bucket = next;
    key = key * 2862933555777941757 + 1;
    next = <i64>(<f64>(bucket + 1) * (TWO_TO_31 / <f64>((key >> 33) + 1)));
  }
  return <u32>bucket;
}

function stripes(bytes: u32): void {
  for (let at = window; at < window + bytes; at += 32) {
    lane1 = round(lane1, load<u64>(at));
    lane2 = round(lane2, load<u64>(at, 8));
    lane3 = round(lane3, load<u64>(at, 16));
    lane4 = round(lane4, load<u64>(at, 24));
  }
}

function joined(): u64 {
  const sum = rotl<u64>(lane1, 1) + rotl<u64>(lane2, 7) + rotl<u64>(lane3, 12) + rotl<u64>(lane4, 18);
  return merge(merge(merge(merge(sum, lane1), lane2), lane3), lane4);
}

/** The bytes after the last stripe: by eight, by four, one by one. */
function tail(hash: u64, at: usize, end: usize): u64 {
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * PRIME1 + PRIME4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * PRIME1), 23) * PRIME2 + PRIME3;
    at += 4;
  }
  for (; at < end; at += 1) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * PRIME5), 11) * PRIME1;
  return hash;
}

@inline
function round(lane: u64, input: u64): u64 {
  return rotl<u64>(lane + input * PRIME2, 31) * PRIME1;
}

@inline
function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * PRIME1 + PRIME4;
}

@inline
function avalanche(hash: u64): u64 {
  hash = (hash ^ (hash >> 33)) * PRIME2;
  hash = (hash ^ (hash >> 29)) * PRIME3;
  return hash ^ (hash >> 32);
}
