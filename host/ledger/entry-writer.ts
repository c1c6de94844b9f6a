import type { Message } from "../contract/message.ts";
import type { Denial } from "../contract/policy.ts";
import { CborWriter } from "./cbor-writer.ts";
import { ENTRY_KIND, type FailureEntry, type LoadEntry, type PolicyEntry, type TransitionEntry, type Unchained, type UnloadEntry, type Use } from "./entry.ts";

/**
 * Writes entries, and messages alone, as bytes. Equal entries have equal bytes. What it returns is the caller's to keep, and
 * is not written to: entries lie in packs.
 *
 * @example
 * ```ts
 * const writer = new EntryWriter();
 * const bytes = writer.unload(new Uint8Array(32), { capsule: "weather", index: 7 });
 * bytes.length; // 45
 * ```
 */
export class EntryWriter {
  readonly #entries = new CborWriter();
  readonly #alone = new CborWriter();
  #out = this.#entries;

  /**
   * @param previous the leaf hash of the entry before, 32 bytes
   * @throws DoterosError `limit-exceeded` when the entry is too long
   */
  load(previous: Uint8Array, entry: Unchained<LoadEntry>): Uint8Array {
    const { uses = [] } = entry;
    const out = this.#begin(uses.length === 0 ? 8 : 9, ENTRY_KIND.load, previous, entry.capsule);
    out.bytes(entry.digest);
    out.text(entry.version);
    out.text(entry.manifest);
    this.#pairs(entry.config);
    out.uint(entry.instance);
    if (uses.length > 0) this.#uses(uses);
    return out.end();
  }

  /**
   * @param previous the leaf hash of the entry before, 32 bytes
   * @throws DoterosError `limit-exceeded` when the entry is too long
   */
  transition(previous: Uint8Array, entry: Unchained<TransitionEntry>): Uint8Array {
    const { answers } = entry;
    const out = this.#begin(answers === undefined ? 15 : 16, ENTRY_KIND.transition, previous, entry.capsule);
    this.#attempted(entry);
    out.uint(entry.version);
    this.#writes(entry.writes);
    this.#messages(entry.outputs);
    this.#decisions(entry.decisions);
    out.uint(entry.fuel);
    if (answers !== undefined) this.#answers(answers);
    return out.end();
  }

  /**
   * @param previous the leaf hash of the entry before, 32 bytes
   * @throws DoterosError `limit-exceeded` when the entry is too long
   */
  failure(previous: Uint8Array, entry: Unchained<FailureEntry>): Uint8Array {
    const { answers, decisions } = entry;
    const more = answers === undefined ? Math.min(decisions.length, 1) : 2;
    const out = this.#begin(15 + more, ENTRY_KIND.failure, previous, entry.capsule);
    this.#attempted(entry);
    out.text(entry.code);
    out.text(entry.reason);
    out.boolean(entry.final);
    out.uint(entry.fuel);
    this.#messages(entry.outputs);
    if (more > 0) this.#decisions(decisions);
    if (answers !== undefined) this.#answers(answers);
    return out.end();
  }

  /** @param previous the leaf hash of the entry before, 32 bytes */
  unload(previous: Uint8Array, entry: Unchained<UnloadEntry>): Uint8Array {
    const out = this.#begin(4, ENTRY_KIND.unload, previous, entry.capsule);
    out.uint(entry.index);
    return out.end();
  }

  /** @param previous the leaf hash of the entry before, 32 bytes */
  policy(previous: Uint8Array, entry: Unchained<PolicyEntry>): Uint8Array {
    const out = this.#begin(4, ENTRY_KIND.policy, previous, entry.capsule);
    out.bytes(entry.policy);
    return out.end();
  }

  /** A message alone, as `readMessage` reads it. */
  message(message: Message): Uint8Array {
    this.#out = this.#alone;
    this.#out.begin();
    this.#message(message);
    const bytes = this.#out.end();
    this.#out.take();
    return bytes;
  }

  /** The entries since the last time, packed: see `unpackEntries`. */
  take(): Uint8Array {
    return this.#entries.take();
  }

  #begin(length: number, kind: number, previous: Uint8Array, capsule: string): CborWriter {
    const out = (this.#out = this.#entries);
    out.begin();
    out.array(length);
    out.uint(kind);
    out.bytes(previous);
    out.text(capsule);
    return out;
  }

  #attempted(entry: Unchained<TransitionEntry> | Unchained<FailureEntry>): void {
    const out = this.#out;
    out.bytes(entry.digest);
    out.uint(entry.index);
    out.uint(entry.attempt);
    out.uint(entry.instance);
    this.#message(entry.message);
    out.maybeUint64(entry.time);
    out.maybeBytes(entry.seed);
  }

  #message(message: Message): void {
    const out = this.#out;
    out.array(6);
    out.text(message.subject);
    out.maybeText(message.replyTo);
    out.maybeText(message.contentType);
    out.maybeText(message.dataType);
    this.#pairs(message.headers);
    out.bytes(message.payload);
  }

  #messages(messages: readonly Message[]): void {
    this.#out.array(messages.length);
    for (const message of messages) this.#message(message);
  }

  #writes(writes: TransitionEntry["writes"]): void {
    const out = this.#out;
    out.array(writes.size);
    if (writes.size === 0) return;
    for (const [key, value] of writes) {
      out.array(2);
      out.text(key);
      out.maybeBytes(value);
    }
  }

  #decisions(decisions: readonly Denial[]): void {
    const out = this.#out;
    out.array(decisions.length);
    for (const { operation, resource, reason } of decisions) {
      out.array(3);
      out.text(operation);
      out.text(resource);
      out.text(reason);
    }
  }

  #answers(answers: readonly Uint8Array[]): void {
    const out = this.#out;
    out.array(answers.length);
    for (const answer of answers) out.bytes(answer);
  }

  #uses(uses: readonly Use[]): void {
    const out = this.#out;
    out.array(uses.length);
    for (const { name, digest, operations } of uses) {
      out.array(3);
      out.text(name);
      out.maybeBytes(digest);
      this.#pairs(operations);
    }
  }

  #pairs(pairs: LoadEntry["config"]): void {
    const out = this.#out;
    out.array(pairs.length);
    for (const [name, value] of pairs) {
      out.array(2);
      out.text(name);
      out.text(value);
    }
  }
}
