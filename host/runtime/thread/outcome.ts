import type { RateGuard } from "../../capability/rate-guard.ts";
import type { PendingLine, Transition } from "../../capability/transition.ts";
import { DoterosError, type ErrorCode } from "../../contract/error.ts";
import type { CborReader } from "../../ledger/cbor-reader.ts";
import type { CborWriter } from "../../ledger/cbor-writer.ts";
import { decisionsOf, messageOf, writesOf } from "../../ledger/read-items.ts";
import { writeDecisions, writeMessages, writeWrites } from "../../ledger/write-items.ts";
import type { Failure } from "../failure.ts";

/** What counts over all attempts, so far. */
export interface Tally {
  denied: number;
  limited: number;
}

/** Where an attempt was made. */
export interface Maker {
  instance: number;
}

/** Writes what came of an attempt: all that is in the transition, and what counted since the last time. */
export function writeOutcome(out: CborWriter, transition: Transition, failure: Failure | undefined, { instance }: Maker, since: Tally, rates: RateGuard | undefined): void {
  const { fuel, recordedTime, seed, denials, lines, linesLeftOut, writes, outputs, denied } = transition;
  const limited = rates?.limited ?? 0;
  out.uint(instance);
  out.uint(fuel);
  out.uint(denied - since.denied);
  out.uint(limited - since.limited);
  since.denied = denied;
  since.limited = limited;
  out.maybeUint64(recordedTime);
  out.maybeBytes(seed);
  writeDecisions(out, denials);
  writeLines(out, lines);
  out.uint(linesLeftOut);
  out.maybeText(failure?.code);
  if (failure === undefined) {
    writeWrites(out, writes);
    writeMessages(out, outputs);
  } else {
    out.text(failure.reason);
    out.boolean(failure.bug !== undefined);
  }
}

function writeLines(out: CborWriter, lines: readonly PendingLine[]): void {
  out.array(lines.length);
  for (const { level, context, message } of lines) {
    out.text(level);
    out.text(context);
    out.text(message);
  }
}

/** Takes over what came of an attempt, as if it had been made here. Answers why it failed, or undefined when it did not. */
export function readOutcome(input: CborReader, transition: Transition, maker: Maker, rates: RateGuard | undefined): Failure | undefined {
  maker.instance = input.uint();
  transition.fuel = input.uint();
  transition.denied += input.uint();
  const limited = input.uint();
  if (rates !== undefined) rates.limited += limited;
  const time = input.maybeUint64();
  transition.recordedTime = time;
  if (time !== undefined) transition.latest = time;
  transition.seed = input.maybeBytes();
  for (const denial of decisionsOf(input)) transition.denials.push(denial);
  readLines(input, transition.lines);
  transition.linesLeftOut = input.uint();
  const code = input.maybeText();
  if (code !== undefined) return readFailure(input, code as ErrorCode);
  const writes = writesOf(input);
  // Copies, because the state keeps them: a view would keep all that came with it.
  for (const [key, value] of writes) if (value !== undefined) writes.set(key, new Uint8Array(value));
  transition.writes = writes;
  for (let left = input.array(); left > 0; left -= 1) transition.outputs.push(messageOf(input));
  return undefined;
}

function readLines(input: CborReader, lines: PendingLine[]): void {
  for (let left = input.array(); left > 0; left -= 1) {
    lines.push({ level: input.text() as PendingLine["level"], context: input.text(), message: input.text() });
  }
}

function readFailure(input: CborReader, code: ErrorCode): Failure {
  const reason = input.text();
  const bug = input.boolean() ? new DoterosError("internal", `in a thread, ${reason}`, { help: "this is a bug in doteros-wasm; please report it" }) : undefined;
  return { code, reason, bug };
}
