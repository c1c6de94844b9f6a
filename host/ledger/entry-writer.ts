import type { Message } from "../contract/message.ts";
import { CborWriter } from "./cbor-writer.ts";
import { ENTRY_KIND, type FailureEntry, type LoadEntry, type PolicyEntry, type SnapshotEntry, type TransitionEntry, type Unchained, type UnloadEntry } from "./entry.ts";
import { writeAnswers, writeDecisions, writeMessage, writeMessages, writePairs, writeUses, writeWrites } from "./write-items.ts";

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
    writePairs(out, entry.config);
    out.uint(entry.instance);
    if (uses.length > 0) writeUses(out, uses);
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
    writeWrites(out, entry.writes);
    writeMessages(out, entry.outputs);
    writeDecisions(out, entry.decisions);
    out.uint(entry.fuel);
    if (answers !== undefined) writeAnswers(out, answers);
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
    writeMessages(out, entry.outputs);
    if (more > 0) writeDecisions(out, decisions);
    if (answers !== undefined) writeAnswers(out, answers);
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

  /** @param previous the leaf hash of the entry before, 32 bytes */
  snapshot(previous: Uint8Array, entry: Unchained<SnapshotEntry>): Uint8Array {
    const out = this.#begin(5, ENTRY_KIND.snapshot, previous, entry.capsule);
    out.bytes(entry.snapshot);
    out.boolean(entry.restored);
    return out.end();
  }

  /** A message alone, as `readMessage` reads it. */
  message(message: Message): Uint8Array {
    const out = this.#alone;
    out.begin();
    writeMessage(out, message);
    const bytes = out.end();
    out.take();
    return bytes;
  }

  /** The entries since the last time, packed: see `unpackEntries`. */
  take(): Uint8Array {
    return this.#entries.take();
  }

  #begin(length: number, kind: number, previous: Uint8Array, capsule: string): CborWriter {
    const out = this.#entries;
    out.begin();
    out.array(length);
    out.uint(kind);
    out.bytes(previous);
    out.text(capsule);
    return out;
  }

  #attempted(entry: Unchained<TransitionEntry> | Unchained<FailureEntry>): void {
    const out = this.#entries;
    out.bytes(entry.digest);
    out.uint(entry.index);
    out.uint(entry.attempt);
    out.uint(entry.instance);
    writeMessage(out, entry.message);
    out.maybeUint64(entry.time);
    out.maybeBytes(entry.seed);
  }
}
