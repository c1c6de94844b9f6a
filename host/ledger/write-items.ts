import type { Message } from "../contract/message.ts";
import type { Denial } from "../contract/policy.ts";
import type { Writes } from "../contract/store.ts";
import type { CborWriter } from "./cbor-writer.ts";
import type { Use } from "./entry.ts";

// What entries of a ledger are made of, and batches for other threads: read-items.ts reads it.

/** A message, all of it. */
export function writeMessage(out: CborWriter, message: Message): void {
  out.array(6);
  out.text(message.subject);
  out.maybeText(message.replyTo);
  out.maybeText(message.contentType);
  out.maybeText(message.dataType);
  writePairs(out, message.headers);
  out.bytes(message.payload);
}

/** Messages, in order. */
export function writeMessages(out: CborWriter, messages: readonly Message[]): void {
  out.array(messages.length);
  for (const message of messages) writeMessage(out, message);
}

/** What a transition wrote, null for keys that it deleted. */
export function writeWrites(out: CborWriter, writes: Writes): void {
  out.array(writes.size);
  if (writes.size === 0) return;
  for (const [key, value] of writes) {
    out.array(2);
    out.text(key);
    out.maybeBytes(value);
  }
}

/** What was denied, in order. */
export function writeDecisions(out: CborWriter, decisions: readonly Denial[]): void {
  out.array(decisions.length);
  for (const { operation, resource, reason } of decisions) {
    out.array(3);
    out.text(operation);
    out.text(resource);
    out.text(reason);
  }
}

/** Names and values, in order. */
export function writePairs(out: CborWriter, pairs: readonly (readonly [name: string, value: string])[]): void {
  out.array(pairs.length);
  for (const [name, value] of pairs) {
    out.array(2);
    out.text(name);
    out.text(value);
  }
}

/** What functions of the host's user answered, in order. */
export function writeAnswers(out: CborWriter, answers: readonly Uint8Array[]): void {
  out.array(answers.length);
  for (const answer of answers) out.bytes(answer);
}

/** What a capsule uses that is not this project's own, in order. */
export function writeUses(out: CborWriter, uses: readonly Use[]): void {
  out.array(uses.length);
  for (const { name, digest, operations } of uses) {
    out.array(3);
    out.text(name);
    out.maybeBytes(digest);
    writePairs(out, operations);
  }
}
