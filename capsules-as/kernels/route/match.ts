// Finds the subscriptions that a subject meets. The answer is words in memory: how many plain subscribers, how many
// groups, the subscribers, and then for each group how many members and the members.
import { find, Group, Level, Queue } from "./entry";
import { countOf, firstOf } from "./ids";
import { giveBack, take } from "./memory";
import { topLevel } from "./subscriptions";
import { tokenBytes, tokenCount, tokenHash, tokenStart } from "./tokens";

const HEAD_WORDS: u32 = 2;
const FIRST_BYTES: usize = 1024;

let answer: usize = 0;
let answerBytes: usize = 0;
let words: u32 = 0;
let isFull: bool = false;
/** Counts the matches, so that a group knows whether this one has met it. */
let turn: u32 = 0;
let firstGroup: Group | null = null;
let lastGroup: Group | null = null;
let groups: u32 = 0;

/** The address of the answer for the subject that was cut last; 0 when there is no memory for it. */
export function findMatches(): usize {
  words = HEAD_WORDS;
  isFull = false;
  turn += 1;
  groups = 0;
  firstGroup = null;
  lastGroup = null;
  if (!makeRoom(0)) return 0;
  const top = topLevel();
  if (top !== null) visit(top, 0);
  store<u32>(answer, words - HEAD_WORDS);
  store<u32>(answer, groups, 4);
  if (groups != 0) addGroups();
  return isFull ? 0 : answer;
}

/** Follows the tokens from this one on: by their names in a loop, through `*` by a call. There are 128 at most. */
function visit(level: Level, token: u32): void {
  while (token < tokenCount) {
    const rest = level.rest;
    if (rest !== null) meet(rest);
    const any = level.any;
    if (any !== null) visit(any, token + 1);
    if (level.named == 0) return;
    const named = find(changetype<usize>(level), tokenStart(token), tokenBytes(token), tokenHash(token));
    if (named === null) return;
    level = changetype<Level>(named);
    token += 1;
  }
  meet(level);
}

function meet(level: Level): void {
  if (level.subscribers != 0) addIds(level.subscribers);
  let queue = level.queues;
  while (queue !== null) {
    meetQueue(queue, <Group>queue.group);
    queue = queue.after;
  }
}

/** Members of one group on several patterns are one group, of which one gets the message. */
function meetQueue(queue: Queue, group: Group): void {
  if (group.met != turn) {
    group.met = turn;
    group.firstMet = null;
    group.members = 0;
    group.nextMet = null;
    const last = lastGroup;
    if (last === null) firstGroup = group;
    else last.nextMet = group;
    lastGroup = group;
    groups += 1;
  }
  queue.nextMet = group.firstMet;
  group.firstMet = queue;
  group.members += countOf(queue.members);
}

function addGroups(): void {
  let group = firstGroup;
  while (group !== null) {
    if (!makeRoom(1)) return;
    store<u32>(answer + (<usize>words << 2), group.members);
    words += 1;
    let queue = group.firstMet;
    while (queue !== null) {
      addIds(queue.members);
      queue = queue.nextMet;
    }
    group = group.nextMet;
  }
}

function addIds(list: usize): void {
  const count = countOf(list);
  if (!makeRoom(count)) return;
  const to = answer + (<usize>words << 2);
  if (count == 1) store<u32>(to, load<u32>(firstOf(list)));
  else memory.copy(to, firstOf(list), <usize>count << 2);
  words += count;
}

/** Whether the answer can have so many more words. */
@inline
function makeRoom(more: u32): bool {
  return (<usize>(words + more) << 2) <= answerBytes || lengthen(more);
}

function lengthen(more: u32): bool {
  const needed = <usize>(words + more) << 2;
  let bytes = max(FIRST_BYTES, answerBytes);
  while (bytes < needed) bytes <<= 1;
  const longer = take(bytes);
  if (longer == 0) {
    isFull = true;
    return false;
  }
  memory.copy(longer, answer, min(<usize>words << 2, answerBytes));
  if (answer != 0) giveBack(answer, answerBytes);
  answer = longer;
  answerBytes = bytes;
  return true;
}
