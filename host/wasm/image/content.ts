// Bytes that are compared with others. What is behind the end of either is zero, as in a memory that grew.

/** Bytes, and the same as lanes of 32 bits: of all widths, those that every engine compares fast, whatever else it has compared. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly lanes: Int32Array;
}

/** Lanes that are looked at together when they should be equal, and when they should be zero. Measured: the fastest. */
const EQUAL_LANES = 4;
const ZERO_LANES = 8;
/** Content has a multiple of this many bytes, so that lanes come in whole groups. Pages of memory have that. */
const GROUP_BYTES = 4 * ZERO_LANES;

/** Content of zeros: at least so many bytes. */
export function emptyContent(bytes: number): Content {
  return contentOf(new ArrayBuffer(Math.ceil(bytes / GROUP_BYTES) * GROUP_BYTES));
}

/** What a memory's buffer holds now. */
export function contentOf(buffer: ArrayBuffer): Content {
  return { bytes: new Uint8Array(buffer), lanes: new Int32Array(buffer) };
}

/** A copy that ends behind the last byte that is not zero, or a little later. */
export function trimmedCopy({ bytes, lanes }: Content): Content {
  let end = lanes.length;
  while (end > 0 && isZero(lanes, end - ZERO_LANES, end)) end -= ZERO_LANES;
  const copy = emptyContent(4 * end);
  copy.bytes.set(bytes.subarray(0, 4 * end));
  return copy;
}

/** The first byte from `from` on that is not the same in both; the length of `now` when all are. `now` is not the shorter one. */
export function nextDifference(now: Content, base: Content, from: number): number {
  const { bytes } = now;
  const groupStart = Math.ceil(from / GROUP_BYTES) * GROUP_BYTES;
  const near = firstDifferent(bytes, base.bytes, from, groupStart);
  return near < groupStart ? near : firstDifferent(bytes, base.bytes, 4 * nextLane(now.lanes, base.lanes, groupStart / 4), bytes.length);
}

function firstDifferent(bytes: Uint8Array, others: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === byteAt(others, at)) at++;
  return at;
}

/** The byte there, or zero where there is none. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? (bytes[at] as number) : 0;
}

/** Where a group of lanes begins that holds a difference, or where `now` ends. `from` is a multiple of what makes a group. */
function nextLane(now: Int32Array, base: Int32Array, from: number): number {
  const shared = base.length;
  const first = from < shared ? firstUnequal(now, base, from, shared) : from;
  return first < shared ? first : firstNonZero(now, first, now.length);
}

function firstUnequal(now: Int32Array, base: Int32Array, from: number, end: number): number {
  for (let at = from; at < end; at += EQUAL_LANES) {
    const one = lane(now, at) ^ lane(base, at);
    const two = lane(now, at + 1) ^ lane(base, at + 1);
    const three = lane(now, at + 2) ^ lane(base, at + 2);
    const four = lane(now, at + 3) ^ lane(base, at + 3);
    if ((one | two | three | four) !== 0) return at;
  }
  return end;
}

/** Whether lanes are zero: a multiple of {@link ZERO_LANES}. */
export function isZero(lanes: Int32Array, from: number, end: number): boolean {
  return firstNonZero(lanes, from, end) === end;
}

function firstNonZero(lanes: Int32Array, from: number, end: number): number {
  for (let at = from; at < end; at += ZERO_LANES) {
    const low = lane(lanes, at) | lane(lanes, at + 1) | lane(lanes, at + 2) | lane(lanes, at + 3);
    const high = lane(lanes, at + 4) | lane(lanes, at + 5) | lane(lanes, at + 6) | lane(lanes, at + 7);
    if ((low | high) !== 0) return at;
  }
  return end;
}

function lane(lanes: Int32Array, at: number): number {
  return lanes[at] as number;
}
