import type { Message } from "../../host/contract/message.ts";
import { type Entry, HASH_BYTES, NO_ENTRY_HASH, type Use } from "../../host/ledger/entry.ts";
import type { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { leafHash } from "../../host/ledger/merkle.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import type { Random } from "../component/random.ts";

const TEXTS = ["", "a", "readings.seattle", "application/json", "Grüße aus 東京", "😀", "\u0000\n\u007f\u0080", "x".repeat(23), "x".repeat(24), "ä".repeat(140), "y".repeat(300)];
const COUNTS = [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];

/** An entry of any kind, after the one with the leaf hash `previous`. */
export function randomEntry(random: Random, previous: Uint8Array = bytesOf(random, HASH_BYTES)): Entry {
  const capsule = text(random);
  const index = count(random);
  const kind = random.below(12);
  if (kind === 11) return { kind: "snapshot", previous, capsule, snapshot: bytesOf(random, 32), restored: random.once(2) };
  if (kind === 10) return { kind: "policy", previous, capsule, policy: bytesOf(random, 32) };
  if (kind === 0) return { kind: "unload", previous, capsule, index };
  if (kind === 1) {
    const config = random.many(random.below(4), (): [string, string] => [text(random), text(random)]);
    return { kind: "load", previous, capsule, digest: bytesOf(random, 32), version: text(random), manifest: text(random), config, instance: count(random), ...maybeUses(random) };
  }
  const attempted = {
    previous,
    capsule,
    digest: bytesOf(random, 32),
    index,
    attempt: count(random),
    instance: count(random),
    message: randomMessage(random),
    time: random.once(2) ? undefined : BigInt.asUintN(64, (BigInt(random.bits()) << BigInt(random.below(33))) - BigInt(random.below(3))),
    seed: random.once(2) ? undefined : bytesOf(random, 32),
  };
  const outputs = random.many(random.below(3), () => randomMessage(random));
  const decisions = random.many(random.below(3), (at) => ({ operation: text(random), resource: `${at}${text(random)}`, reason: text(random) }));
  if (kind === 2) return { kind: "failure", ...attempted, code: text(random), reason: text(random), final: random.once(2), fuel: count(random), outputs, decisions, ...maybeAnswers(random) };
  const writes = new Map(random.many(random.below(4), (at) => [`${at}${text(random)}`, random.once(4) ? undefined : someBytes(random)] as const));
  return { kind: "transition", ...attempted, version: count(random), writes, outputs, decisions, fuel: count(random), ...maybeAnswers(random) };
}

function maybeAnswers(random: Random): { answers?: Uint8Array[] } {
  return random.once(3) ? { answers: random.many(1 + random.below(3), () => someBytes(random)) } : {};
}

function maybeUses(random: Random): { uses?: Use[] } {
  const use = (): Use => ({ name: text(random), digest: random.once(2) ? undefined : bytesOf(random, 32), operations: random.many(random.below(3), (): [string, string] => [text(random), text(random)]) });
  return random.once(2) ? { uses: random.many(1 + random.below(2), use) } : {};
}

export function randomMessage(random: Random): Message {
  return {
    subject: text(random),
    replyTo: maybeText(random),
    contentType: maybeText(random),
    dataType: maybeText(random),
    headers: random.many(random.below(3), (): [string, string] => [text(random), text(random)]),
    payload: someBytes(random),
  };
}

export function write(writer: EntryWriter, entry: Entry): Uint8Array {
  const { previous } = entry;
  switch (entry.kind) {
    case "load":
      return writer.load(previous, entry);
    case "transition":
      return writer.transition(previous, entry);
    case "failure":
      return writer.failure(previous, entry);
    case "unload":
      return writer.unload(previous, entry);
    case "snapshot":
      return writer.snapshot(previous, entry);
    case "policy":
      return writer.policy(previous, entry);
  }
}

/** The bytes of that many entries, each with the leaf hash of the one before it. */
export function randomChain(random: Random, writer: EntryWriter, length: number): Uint8Array[] {
  let previous = NO_ENTRY_HASH;
  return random.many(length, () => {
    const bytes = write(writer, randomEntry(random, previous));
    previous = leafHash(nodePlatform.sha256, bytes);
    return bytes;
  });
}

const text = (random: Random): string => random.pick(TEXTS);
const maybeText = (random: Random): string | undefined => (random.once(2) ? undefined : text(random));
const count = (random: Random): number => (random.once(2) ? random.below(40) : random.pick(COUNTS));
const bytesOf = (random: Random, length: number): Uint8Array => Uint8Array.from(random.many(length, () => random.below(256)));
const someBytes = (random: Random): Uint8Array => bytesOf(random, random.once(10) ? 300 : random.below(30));
