import type { Message } from "../../contract/message.ts";
import type { Entry, TransitionEntry } from "../../ledger/entry.ts";
import { hexOf } from "../../ledger/key.ts";
import { messageJson, payloadText } from "../payload.ts";
import { clip, printable } from "../printable.ts";

/** How much of a payload is shown on a line. */
const SHOWN_LENGTH = 60;

/** An entry as one line that people read. */
export function entryText(index: number, entry: Entry): string {
  const { kind, capsule } = entry;
  return printable(`${String(index).padStart(8)}  ${kind.padEnd(10)}  ${capsule} ${detailsOf(entry)}`.trimEnd());
}

function detailsOf(entry: Entry): string {
  switch (entry.kind) {
    case "load":
      return `${entry.version}  sha-256 ${hexOf(entry.digest)}`;
    case "transition":
      return `${entry.index}  ${messageText(entry.message)}  ${plural(entry.writes.size, "write")}, ${plural(entry.outputs.length, "output")}${deniedText(entry)}`;
    case "failure":
      return `${entry.index}  ${messageText(entry.message)}  attempt ${entry.attempt}${entry.final ? ", the last" : ""}: ${entry.code}: ${entry.reason}${deniedText(entry)}`;
    case "unload":
      return `${entry.index}`;
    case "policy":
      return `sha-256 ${hexOf(entry.policy)}`;
    case "snapshot":
      return `${entry.restored ? "restored from" : "taken:"} sha-256 ${hexOf(entry.snapshot)}`;
  }
}

function deniedText({ decisions }: Pick<TransitionEntry, "decisions">): string {
  return decisions.length === 0 ? "" : `, denied ${decisions.map(({ operation, resource }) => `${operation} ${resource}`.trimEnd()).join(", ")}`;
}

function messageText(message: Message): string {
  const { encoding, text } = payloadText(message);
  return `${message.subject} ${clip(encoding === "base64" ? `base64:${text}` : text, SHOWN_LENGTH)}`.trimEnd();
}

/**
 * An entry as one JSON object. `index` is its place in the ledger and `transition` that among the transitions of its
 * capsule; hashes are hexadecimal, and the time is text, because nanoseconds have more digits than numbers keep.
 *
 * @param leaf its leaf hash, when it is to be told
 */
export function entryJson(index: number, entry: Entry, leaf?: Uint8Array): string {
  const { kind, previous, capsule } = entry;
  const head = { type: "entry", index, kind, capsule, hash: leaf === undefined ? undefined : hexOf(leaf), previous: hexOf(previous) };
  if (kind === "unload") return JSON.stringify({ ...head, transition: entry.index });
  if (kind === "policy") return JSON.stringify({ ...head, policy: hexOf(entry.policy) });
  if (kind === "snapshot") return JSON.stringify({ ...head, snapshot: hexOf(entry.snapshot), restored: entry.restored });
  const digest = hexOf(entry.digest);
  if (kind === "load") {
    const { version, manifest, config, instance, uses } = entry;
    return JSON.stringify({ ...head, digest, version, manifest, config, instance, uses: uses?.map(({ name, digest: of, operations }) => ({ name, digest: of && hexOf(of), operations })) });
  }
  const { attempt, instance, time, seed, decisions, fuel, answers } = entry;
  const attempted = { ...head, digest, transition: entry.index, attempt, instance, time: time?.toString(), seed: seed === undefined ? undefined : hexOf(seed), ...(decisions.length === 0 ? {} : { decisions }), answers: answers?.map(hexOf) };
  const rest =
    kind === "transition"
      ? { version: entry.version, writes: writesOf(entry), fuel }
      : { code: entry.code, reason: entry.reason, final: entry.final, fuel };
  const text = JSON.stringify({ ...attempted, ...rest });
  return `${text.slice(0, -1)},"message":${messageJson(entry.message)},"outputs":[${entry.outputs.map((output) => messageJson(output)).join(",")}]}`;
}

function writesOf({ writes }: TransitionEntry): object[] {
  return [...writes].map(([key, value]) => {
    if (value === undefined) return { key, deleted: true };
    const { encoding, text } = payloadText({ contentType: undefined, payload: value });
    return { key, encoding, value: text };
  });
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
