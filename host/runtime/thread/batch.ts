import { THREAD_BATCH_BYTES_MAX } from "../../contract/limits.ts";
import type { Message } from "../../contract/message.ts";
import type { CborReader } from "../../ledger/cbor-reader.ts";
import type { CborWriter } from "../../ledger/cbor-writer.ts";
import { messageOf } from "../../ledger/read-items.ts";
import { writeMessage } from "../../ledger/write-items.ts";

/** What messages are handed to a capsule with. */
export interface Terms {
  /** The index of the transition that the first message becomes. */
  readonly index: number;
  /** Which attempt at it; only a message that comes alone can have had one before. */
  readonly attempt: number;
  /** Why nothing may be sent; undefined when messages may be. */
  readonly veto: string | undefined;
  /** When so much was used, in units of fuel, no more is begun; undefined for no such bound. */
  readonly fuel: number | undefined;
}

/** What a batch begins with. */
export interface BatchHead extends Terms {
  /** The capsule. */
  readonly key: number;
  /** Whether it goes on where the batch before ended, and is nothing when that did not come to its end. */
  readonly continues: boolean;
  readonly count: number;
}

/**
 * Writes a batch: as many messages as fit into it.
 *
 * @param message the message at a place, from 0 on, before `most`
 * @returns how many there are in it
 */
export function writeBatch(out: CborWriter, head: Omit<BatchHead, "count">, most: number, message: (at: number) => Message): number {
  let count = 0;
  for (let bytes = 0; count < most && bytes < THREAD_BATCH_BYTES_MAX; count += 1) bytes += message(count).payload.length;
  out.begin();
  out.uint(head.key);
  out.boolean(head.continues);
  out.uint(head.index);
  out.uint(head.attempt);
  out.maybeText(head.veto);
  if (head.fuel === undefined) out.null();
  else out.uint(head.fuel);
  out.uint(count);
  for (let at = 0; at < count; at += 1) writeMessage(out, message(at));
  return count;
}

/** What a batch begins with; so many messages come after it: see {@link nextMessage}. */
export function readBatchHead(input: CborReader): BatchHead {
  return {
    key: input.uint(),
    continues: input.boolean(),
    index: input.uint(),
    attempt: input.uint(),
    veto: input.maybeText(),
    fuel: input.maybeUint(),
    count: input.uint(),
  };
}

/** The next message of a batch. */
export const nextMessage: (input: CborReader) => Message = messageOf;
