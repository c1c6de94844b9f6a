// XXH64 with seed 0 and the jump consistent hash, on big integers and without any tricks.

const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => wrap(value << bits) | (value >> (64n - bits));
const round = (lane: bigint, input: bigint): bigint => wrap(rotate(wrap(lane + input * PRIME2), 31n) * PRIME1);

function read(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n;
  for (let index = count - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
  return value;
}

export function xxh64(bytes: Uint8Array): bigint {
  let at = 0;
  let hash = PRIME5;
  if (bytes.length >= 32) {
    const lanes = [wrap(PRIME1 + PRIME2), PRIME2, 0n, wrap(-PRIME1)];
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [index, lane] of lanes.entries()) lanes[index] = round(lane, read(bytes, at + 8 * index, 8));
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = wrap(lanes.reduce((sum, lane, index) => sum + rotate(lane, turns[index] ?? 0n), 0n));
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * PRIME1 + PRIME4);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) hash = wrap(rotate(hash ^ round(0n, read(bytes, at, 8)), 27n) * PRIME1 + PRIME4);
  for (; at + 4 <= bytes.length; at += 4) hash = wrap(rotate(hash ^ wrap(read(bytes, at, 4) * PRIME1), 23n) * PRIME2 + PRIME3);
  for (; at < bytes.length; at += 1) hash = wrap(rotate(hash ^ wrap(read(bytes, at, 1) * PRIME5), 11n) * PRIME1);
  hash = wrap((hash ^ (hash >> 33n)) * PRIME2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME3);
  return hash ^ (hash >> 32n);
}

/** The division is one of doubles, as in the paper: that is part of the definition. */
export function jumpHash(start: bigint, buckets: number): number {
  let key = start;
  let bucket = -1;
  for (let next = 0; next < buckets; ) {
    bucket = next;
    key = wrap(key * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / Number((key >> 33n) + 1n)));
  }
  return bucket;
}
