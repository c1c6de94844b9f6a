// Puts subscriptions into the table and takes them out: levels by their tokens, and at the last one the ids.
import { discard, enter, Entry, entryBytes, find, Group, GROUPS, hashOf, leave, Level, make, Queue } from "./entry";
import { countOf, placeOf, withId, without } from "./ids";
import { hasRoom } from "./memory";
import { isAny, isRest, tokenBytes, tokenCount, tokenHash, tokenStart } from "./tokens";

/** Where the host writes the name of a group, as UTF-8. It may write 3 * 255 bytes; words are read past its end. */
export const groupName: usize = memory.data(784, 8);

/** What the tokens of any pattern have together, each rounded up to 8 bytes. */
const TEXTS_BYTES: usize = 128 * 8 + 256;

/** The level above all patterns. */
let top: Level | null = null;
let groupHash: u32 = 0;

/** The level that every match begins at, or null while there is no subscription. */
@inline
export function topLevel(): Level | null {
  return top;
}

/** Adds an id to the pattern that was cut last, in the group of that name when it has bytes. False when memory is full. */
export function addId(id: u32, groupBytes: u32): bool {
  // Whatever is made below finds room: the top, a level for each token, a queue and its group.
  if (!hasRoom(entryBytes(0) * (tokenCount + 1) + TEXTS_BYTES + entryBytes(groupBytes) * 2)) return false;
  if (top === null) top = changetype<Level>(make(0, 0, 0));
  let level = <Level>top;
  for (let token: u32 = 0; token < tokenCount; token += 1) {
    const below = levelBelow(level, token);
    level = below === null ? makeLevel(level, token) : below;
  }
  if (groupBytes != 0) return addMember(level, id, groupBytes);
  const longer = withId(level.subscribers, id);
  if (longer != 0) level.subscribers = longer;
  else prune(level);
  return longer != 0;
}

/** Takes an id out of the pattern that was cut last. False when it is not there. */
export function removeId(id: u32, groupBytes: u32): bool {
  let level = top;
  for (let token: u32 = 0; token < tokenCount; token += 1) {
    if (level === null) return false;
    level = levelBelow(level, token);
  }
  if (level === null) return false;
  if (groupBytes != 0) return removeMember(level, id, groupBytes);
  const place = placeOf(level.subscribers, id);
  if (place == countOf(level.subscribers)) return false;
  level.subscribers = without(level.subscribers, place);
  prune(level);
  return true;
}

function levelBelow(level: Level, token: u32): Level | null {
  if (isAny(token)) return level.any;
  if (isRest(token)) return level.rest;
  return changetype<Level | null>(find(changetype<usize>(level), tokenStart(token), tokenBytes(token), tokenHash(token)));
}

function makeLevel(above: Level, token: u32): Level {
  const level = changetype<Level>(make(changetype<usize>(above), tokenStart(token), tokenBytes(token)));
  if (isAny(token)) above.any = level;
  else if (isRest(token)) above.rest = level;
  else {
    enter(level, tokenHash(token));
    above.named += 1;
  }
  return level;
}

/** Takes away the levels from this one upwards that nothing is left on. */
function prune(level: Level): void {
  while (level.parent != 0 && isBare(level)) {
    const above = changetype<Level>(level.parent);
    if (above.any === level) above.any = null;
    else if (above.rest === level) above.rest = null;
    else {
      leave(level);
      above.named -= 1;
    }
    discard(level);
    level = above;
  }
}

function isBare(level: Level): bool {
  if (level.subscribers != 0 || level.queues !== null) return false;
  return level.named == 0 && level.any === null && level.rest === null;
}

function addMember(level: Level, id: u32, groupBytes: u32): bool {
  let queue = findQueue(level, groupBytes);
  if (queue === null) queue = makeQueue(level, groupBytes);
  const longer = withId(queue.members, id);
  if (longer != 0) queue.members = longer;
  else removeIfEmpty(level, queue);
  return longer != 0;
}

function removeMember(level: Level, id: u32, groupBytes: u32): bool {
  const queue = findQueue(level, groupBytes);
  if (queue === null) return false;
  const place = placeOf(queue.members, id);
  if (place == countOf(queue.members)) return false;
  queue.members = without(queue.members, place);
  removeIfEmpty(level, queue);
  return true;
}

@inline
function queuesOf(level: Level): usize {
  return changetype<usize>(level) | 1;
}

function findQueue(level: Level, groupBytes: u32): Queue | null {
  groupHash = hashOf(groupName, groupBytes);
  return changetype<Queue | null>(find(queuesOf(level), groupName, groupBytes, groupHash));
}

function makeQueue(level: Level, groupBytes: u32): Queue {
  const queue = changetype<Queue>(make(queuesOf(level), groupName, groupBytes));
  enter(queue, groupHash);
  const first = level.queues;
  queue.after = first;
  if (first !== null) first.before = queue;
  level.queues = queue;
  const found = find(GROUPS, groupName, groupBytes, groupHash);
  const group = changetype<Group>(found === null ? makeGroup(groupBytes) : found);
  group.queues += 1;
  queue.group = group;
  return queue;
}

function makeGroup(groupBytes: u32): Entry {
  const group = make(GROUPS, groupName, groupBytes);
  enter(group, groupHash);
  return group;
}

function removeIfEmpty(level: Level, queue: Queue): void {
  if (queue.members != 0) return;
  const before = queue.before;
  const after = queue.after;
  if (before === null) level.queues = after;
  else before.after = after;
  if (after !== null) after.before = before;
  const group = <Group>queue.group;
  group.queues -= 1;
  if (group.queues == 0) {
    leave(group);
    discard(group);
  }
  leave(queue);
  discard(queue);
  prune(level);
}
