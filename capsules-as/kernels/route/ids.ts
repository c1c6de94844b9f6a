// Lists of ids, in the order they came: two words, the capacity and the count, then the ids. 0 is the empty list.
import { giveBack, take } from "./memory";

const HEAD_BYTES: usize = 8;
/** Head and two ids. */
const SMALLEST_BYTES: usize = 16;

@inline
export function countOf(list: usize): u32 {
  return list == 0 ? 0 : load<u32>(list, 4);
}

/** Where the ids begin. */
@inline
export function firstOf(list: usize): usize {
  return list + HEAD_BYTES;
}

/** The list with `id` at its end, perhaps elsewhere. 0 when there is no memory, and the list stays as it was. */
export function withId(list: usize, id: u32): usize {
  const count = countOf(list);
  if (list == 0 || count == capacityOf(list)) {
    const longer = moved(list, list == 0 ? SMALLEST_BYTES : bytesOf(list) << 1);
    if (longer == 0) return 0;
    list = longer;
  }
  store<u32>(firstOf(list) + (<usize>count << 2), id);
  store<u32>(list, count + 1, 4);
  return list;
}

/** Where `id` is in the list; its count when it is not there. */
export function placeOf(list: usize, id: u32): u32 {
  const count = countOf(list);
  let at: u32 = 0;
  while (at < count && load<u32>(firstOf(list) + (<usize>at << 2)) != id) at += 1;
  return at;
}

/** The list without the id at a place, perhaps elsewhere; 0 when that was its last one. */
export function without(list: usize, place: u32): usize {
  const count = countOf(list) - 1;
  if (count == 0) {
    giveBack(list, bytesOf(list));
    return 0;
  }
  const at = firstOf(list) + (<usize>place << 2);
  memory.copy(at, at + 4, <usize>(count - place) << 2);
  store<u32>(list, count, 4);
  if (capacityOf(list) < 8 || count > capacityOf(list) >> 2) return list;
  const shorter = moved(list, bytesOf(list) >> 1);
  return shorter == 0 ? list : shorter;
}

@inline
function capacityOf(list: usize): u32 {
  return load<u32>(list);
}

@inline
function bytesOf(list: usize): usize {
  return HEAD_BYTES + (<usize>capacityOf(list) << 2);
}

/** The list in another block of so many bytes. 0 when there is no memory. */
function moved(list: usize, bytes: usize): usize {
  const block = take(bytes);
  if (block == 0) return 0;
  store<u32>(block, <u32>((bytes - HEAD_BYTES) >> 2));
  store<u32>(block, countOf(list), 4);
  if (list == 0) return block;
  memory.copy(firstOf(block), firstOf(list), <usize>countOf(list) << 2);
  giveBack(list, bytesOf(list));
  return block;
}
