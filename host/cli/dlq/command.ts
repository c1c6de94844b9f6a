import { DoterosError } from "../../contract/error.ts";
import type { Store } from "../../contract/store.ts";
import type { FailureEntry } from "../../ledger/entry.ts";
import { readEntry } from "../../ledger/entry-reader.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { payloadText } from "../payload.ts";
import { clip, printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { withStore } from "../store-option.ts";
import { revive } from "./revive.ts";

const HELP = `Shows the messages that capsules gave up, and has them tried again.

usage: doteros-wasm dlq list --store FOLDER [--capsule NAME]
       doteros-wasm dlq replay INDEX… | --all --store FOLDER [--capsule NAME]

  list             every message that was given up and not tried again since: the index of its entry in the ledger, the
                   capsule, the reason and the message
  replay           puts messages back into the mailbox of the capsule that gave them up, as they came; the next
                   doteros-wasm run on this store handles them. Those of other capsules are left where they are

  --store FOLDER   the store, as it was given to doteros-wasm run
  --capsule NAME   only those of this capsule
  --all            every message that list shows
  --json           one JSON object on each line, with "type" dead-letter or replayed

exit codes: 0 done, 1 there is no such message, or the store cannot be read, 2 wrong usage

examples
  doteros-wasm dlq list --store data
  doteros-wasm dlq replay 1207 1399 --store data
  doteros-wasm dlq replay --all --capsule weather --store data`;

/** `doteros-wasm dlq`. */
export const dlqCommand: Command = {
  name: "dlq",
  summary: "show the messages that capsules gave up, and try them again",
  help: HELP,
  options: { store: { type: "string" }, capsule: { type: "string" }, all: { type: "boolean" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [verb, ...words] = given.positionals;
  if (verb !== "list" && verb !== "replay") throw usage(verb === undefined ? "dlq needs to know what to do" : `dlq cannot ${JSON.stringify(verb)}`);
  if (verb === "list" && words.length > 0) throw usage("dlq list takes no more words");
  if (verb === "replay" && (words.length > 0) === given.has("all")) throw usage("dlq replay takes indexes, or --all");
  return withStore(given, `dlq ${verb}`, async (store) => {
    const letters = lettersIn(store, given.text("capsule"));
    if (verb === "list") for (const letter of letters) show(letter, given.has("json"), screen);
    else await replay(store, chosen(letters, words), given.has("json"), screen);
    return 0;
  });
}

/** A message that was given up. */
interface Letter {
  readonly index: number;
  readonly entry: FailureEntry;
}

function lettersIn(store: Store, capsule: string | undefined): Letter[] {
  const letters: Letter[] = [];
  for (const index of store.deadLetters()) {
    const [bytes] = store.entries(index);
    const entry = bytes === undefined ? undefined : readEntry(bytes);
    if (entry?.kind === "failure" && (capsule === undefined || entry.capsule === capsule)) letters.push({ index, entry });
  }
  return letters;
}

function chosen(letters: readonly Letter[], words: readonly string[]): readonly Letter[] {
  if (words.length === 0) return letters;
  return words.map((word) => {
    const letter = letters.find(({ index }) => String(index) === word);
    if (letter !== undefined) return letter;
    throw new DoterosError("unreadable-input", `no message that was given up has the index ${JSON.stringify(word)}; nothing was replayed`, {
      help: "see which there are: doteros-wasm dlq list",
    });
  });
}

async function replay(store: Store, letters: readonly Letter[], json: boolean, screen: Screen): Promise<void> {
  await revive(store, letters);
  for (const { index, entry } of letters) {
    if (json) screen.print(printable(JSON.stringify({ type: "replayed", index, capsule: entry.capsule, subject: entry.message.subject })));
  }
  if (!json) screen.print(`${letters.length} ${letters.length === 1 ? "message waits" : "messages wait"} again; doteros-wasm run on this store handles them`);
}

function show({ index, entry }: Letter, json: boolean, screen: Screen): void {
  const { capsule, code, reason, attempt, message } = entry;
  const { subject, headers } = message;
  const { encoding, text } = payloadText(message);
  if (json) {
    screen.print(printable(JSON.stringify({ type: "dead-letter", index, capsule, code, reason, attempts: attempt, subject, headers, encoding, payload: text })));
    return;
  }
  const payload = encoding === "base64" ? `base64:${text}` : text;
  screen.print(`${screen.paint("bold", String(index))}  ${printable(capsule)}  ${screen.paint("red", code)}  ${printable(clip(reason, 100))}`);
  screen.print(`    ${screen.paint("cyan", printable(subject))} ${printable(clip(payload, 100))}`);
}

function usage(message: string): DoterosError {
  return new DoterosError("usage", message, { help: "see how it is used: doteros-wasm dlq --help" });
}
