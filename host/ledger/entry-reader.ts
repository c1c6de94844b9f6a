import type { Message } from "../contract/message.ts";
import type { Denial } from "../contract/policy.ts";
import { CborReader } from "./cbor-reader.ts";
import { type Entry, ENTRY_KIND, type FailureEntry, HASH_BYTES, type LoadEntry, type PolicyEntry, type SnapshotEntry, type TransitionEntry, type UnloadEntry } from "./entry.ts";
import { answersOf, decisionsOf, messageOf, messagesOf, pairsOf, usesOf, writesOf } from "./read-items.ts";

/**
 * Reads an entry, and accepts nothing but what `EntryWriter` writes: written again it has the same bytes. Bytes in it are
 * views of the input.
 *
 * @throws DoterosError `invalid-entry` with the `offset`, in bytes
 */
export function readEntry(bytes: Uint8Array): Entry {
  const input = new CborReader(bytes);
  const length = input.array();
  const offset = input.offset;
  const kind = input.uint();
  const read = READERS[kind];
  if (read === undefined) return input.fail(`there is no kind of entry with the number ${kind}`, offset);
  const more = length - read.length;
  if (more < 0 || more > read.more) input.fail(`an entry of this kind has ${read.length} items, not ${length}`, 0);
  const entry = read.rest(input, { previous: input.bytesOf(HASH_BYTES), capsule: input.text() }, more);
  input.end();
  return entry;
}

/** What of a transition decides what comes of doing it again. */
export type Attempt = Pick<TransitionEntry, "kind" | "capsule" | "index" | "attempt" | "instance" | "message" | "time" | "seed" | "decisions" | "answers">;

/**
 * Reads an entry, of a transition only what there was before it, which takes half the time. The rest is not looked at: whoever
 * does the transition again compares all of the bytes with what comes of it.
 *
 * @throws DoterosError `invalid-entry` with the `offset`, in bytes
 */
export function readAttempt(bytes: Uint8Array): Attempt | Entry {
  const input = new CborReader(bytes);
  const length = input.array();
  if (input.uint() !== ENTRY_KIND.transition) return readEntry(bytes);
  input.skip(1);
  const capsule = input.text();
  input.skip(1);
  const [index, attempt, instance] = [input.uint(), input.uint(), input.uint()];
  const [message, time, seed] = [messageOf(input), input.maybeUint64(), input.maybeBytesOf(HASH_BYTES)];
  input.skip(3);
  const decisions = decisionsOf(input);
  const attempted = { kind: "transition", capsule, index, attempt, instance, message, time, seed, decisions } as const;
  if (length === READERS[ENTRY_KIND.transition]?.length) return attempted;
  input.skip(1);
  return { ...attempted, answers: answersOf(input) };
}

/**
 * Reads a message as `EntryWriter.message` writes it. The payload is a view of the input.
 *
 * @throws DoterosError `invalid-entry` with the `offset`, in bytes
 */
export function readMessage(bytes: Uint8Array): Message {
  const input = new CborReader(bytes);
  const message = messageOf(input);
  input.end();
  return message;
}

interface Chained {
  readonly previous: Uint8Array;
  readonly capsule: string;
}

/** How many items an entry of a kind has, how many more it may have, and what reads those after the first three. */
interface Reader {
  readonly length: number;
  readonly more: number;
  rest(input: CborReader, chained: Chained, more: number): Entry;
}

const READERS: Readonly<Record<number, Reader>> = {
  [ENTRY_KIND.load]: { length: 8, more: 1, rest: loadOf },
  [ENTRY_KIND.transition]: { length: 15, more: 1, rest: transitionOf },
  [ENTRY_KIND.failure]: { length: 15, more: 2, rest: failureOf },
  [ENTRY_KIND.unload]: { length: 4, more: 0, rest: unloadOf },
  [ENTRY_KIND.policy]: { length: 4, more: 0, rest: policyOf },
  [ENTRY_KIND.snapshot]: { length: 5, more: 0, rest: snapshotOf },
};

// The members of an object literal are evaluated from top to bottom: they stand in the order of the bytes.

function loadOf(input: CborReader, chained: Chained, more: number): LoadEntry {
  return {
    kind: "load",
    ...chained,
    digest: input.bytesOf(HASH_BYTES),
    version: input.text(),
    manifest: input.text(),
    config: pairsOf(input),
    instance: input.uint(),
    ...(more === 0 ? {} : { uses: usesOf(input) }),
  };
}

function transitionOf(input: CborReader, chained: Chained, more: number): TransitionEntry {
  return {
    kind: "transition",
    ...chained,
    ...attemptedOf(input),
    version: input.uint(),
    writes: writesOf(input),
    outputs: messagesOf(input),
    decisions: decisionsOf(input),
    fuel: input.uint(),
    ...(more === 0 ? {} : { answers: answersOf(input) }),
  };
}

function failureOf(input: CborReader, chained: Chained, more: number): FailureEntry {
  return {
    kind: "failure",
    ...chained,
    ...attemptedOf(input),
    code: input.text(),
    reason: input.text(),
    final: input.boolean(),
    fuel: input.uint(),
    outputs: messagesOf(input),
    decisions: more === 0 ? [] : more === 1 ? someDecisionsOf(input) : decisionsOf(input),
    ...(more < 2 ? {} : { answers: answersOf(input) }),
  };
}

function unloadOf(input: CborReader, chained: Chained): UnloadEntry {
  return { kind: "unload", ...chained, index: input.uint() };
}

function policyOf(input: CborReader, chained: Chained): PolicyEntry {
  return { kind: "policy", ...chained, policy: input.bytesOf(HASH_BYTES) };
}

function snapshotOf(input: CborReader, chained: Chained): SnapshotEntry {
  return { kind: "snapshot", ...chained, snapshot: input.bytesOf(HASH_BYTES), restored: input.boolean() };
}

function attemptedOf(input: CborReader): Pick<TransitionEntry, "digest" | "index" | "attempt" | "instance" | "message" | "time" | "seed"> {
  return {
    digest: input.bytesOf(HASH_BYTES),
    index: input.uint(),
    attempt: input.uint(),
    instance: input.uint(),
    message: messageOf(input),
    time: input.maybeUint64(),
    seed: input.maybeBytesOf(HASH_BYTES),
  };
}

/** Those of an entry that has none without them. */
function someDecisionsOf(input: CborReader): Denial[] {
  const { offset } = input;
  const decisions = decisionsOf(input);
  return decisions.length === 0 ? input.fail("no decisions are written as none at all", offset) : decisions;
}
