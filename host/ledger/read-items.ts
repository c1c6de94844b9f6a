import type { Message } from "../contract/message.ts";
import type { Denial } from "../contract/policy.ts";
import type { CborReader } from "./cbor-reader.ts";
import { HASH_BYTES, type Use } from "./entry.ts";

/** A message. The payload is a view of the input. @throws DoterosError `invalid-entry` */
export function messageOf(input: CborReader): Message {
  input.arrayOf(6);
  return {
    subject: input.text(),
    replyTo: input.maybeText(),
    contentType: input.maybeText(),
    dataType: input.maybeText(),
    headers: pairsOf(input),
    payload: input.bytes(),
  };
}

/** Messages, in order. @throws DoterosError `invalid-entry` */
export function messagesOf(input: CborReader): Message[] {
  const messages: Message[] = [];
  for (let left = input.array(); left > 0; left -= 1) messages.push(messageOf(input));
  return messages;
}

/** What a transition wrote. The values are views of the input. @throws DoterosError `invalid-entry` */
export function writesOf(input: CborReader): Map<string, Uint8Array | undefined> {
  const writes = new Map<string, Uint8Array | undefined>();
  for (let left = input.array(); left > 0; left -= 1) {
    input.arrayOf(2);
    const offset = input.offset;
    const key = input.text();
    if (writes.has(key)) input.fail("a key is written twice", offset);
    writes.set(key, input.maybeBytes());
  }
  return writes;
}

/** What was denied, in order. @throws DoterosError `invalid-entry` */
export function decisionsOf(input: CborReader): Denial[] {
  const decisions: Denial[] = [];
  let left = input.array();
  if (left === 0) return decisions;
  for (const known = new Set<string>(); left > 0; left -= 1) {
    input.arrayOf(3);
    const { offset } = input;
    const denial = { operation: input.text(), resource: input.text(), reason: input.text() };
    const call = JSON.stringify([denial.operation, denial.resource]);
    if (known.has(call)) input.fail("a decision is written twice", offset);
    known.add(call);
    decisions.push(denial);
  }
  return decisions;
}

/** Names and values, in order. @throws DoterosError `invalid-entry` */
export function pairsOf(input: CborReader): [name: string, value: string][] {
  const pairs: [name: string, value: string][] = [];
  for (let left = input.array(); left > 0; left -= 1) {
    input.arrayOf(2);
    pairs.push([input.text(), input.text()]);
  }
  return pairs;
}

/** What functions of the host's user answered, in order: one at least. @throws DoterosError `invalid-entry` */
export function answersOf(input: CborReader): Uint8Array[] {
  return someOf(input, () => input.bytes());
}

/** What a capsule uses that is not this project's own, in order: one at least. @throws DoterosError `invalid-entry` */
export function usesOf(input: CborReader): Use[] {
  return someOf(input, () => {
    input.arrayOf(3);
    return { name: input.text(), digest: input.maybeBytesOf(HASH_BYTES), operations: pairsOf(input) };
  });
}

/** A list that is left out where it is empty. */
function someOf<T>(input: CborReader, read: () => T): T[] {
  const { offset } = input;
  const items: T[] = [];
  for (let left = input.array(); left > 0; left -= 1) items.push(read());
  return items.length === 0 ? input.fail("nothing is written as an empty list", offset) : items;
}
