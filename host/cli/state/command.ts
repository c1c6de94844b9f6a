import { DoterosError } from "../../contract/error.ts";
import type { Store } from "../../contract/store.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { payloadText } from "../payload.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { capsuleIn, withStore } from "../store-option.ts";
import { changedKeys } from "./changed-keys.ts";

const HELP = `Shows the state of a capsule in a store, now or as it was.

usage: doteros-wasm state list --store FOLDER [options]
       doteros-wasm state get KEY --store FOLDER [--at VERSION]
       doteros-wasm state diff VERSION VERSION --store FOLDER

  list               every key, with the length of its value
  get KEY            the value of a key: as it is when that is text, else in base64
  diff V1 V2         every key whose value differs between two versions, with both values

  --store FOLDER     the store, as it was given to doteros-wasm run
  --capsule NAME     whose state; may be left out when the store knows one capsule
  --at VERSION       as it was when the state had that version: after that many transitions changed it
  --json             one JSON object on each line, with "type" entry, value or difference

exit codes: 0 done, 1 there is no such key or version, or the store cannot be read, 2 wrong usage

examples
  doteros-wasm state list --store data
  doteros-wasm state get city/Seattle --at 100 --store data
  doteros-wasm state diff 100 200 --store data --json`;

/** `doteros-wasm state`. */
export const stateCommand: Command = {
  name: "state",
  summary: "show a capsule's state in a store, now or as it was",
  help: HELP,
  options: { store: { type: "string" }, capsule: { type: "string" }, at: { type: "string" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [verb, ...rest] = given.positionals;
  const work = verb === undefined ? undefined : VERBS[verb];
  if (work === undefined) throw usage(verb === undefined ? "state needs to know what to show" : `state cannot ${JSON.stringify(verb)}`);
  return withStore(given, `state ${verb}`, (store) => {
    work({ store, capsule: capsuleIn(store, given), given, screen }, rest);
    return 0;
  });
}

/** What a verb works on. */
interface Work {
  readonly store: Store;
  readonly capsule: string;
  readonly given: Arguments;
  readonly screen: Screen;
}

const VERBS: Readonly<Record<string, (work: Work, words: readonly string[]) => void>> = { list, get, diff };

function list({ store, capsule, given, screen }: Work, words: readonly string[]): void {
  if (words.length > 0) throw usage("state list takes no more words");
  for (const [key, value] of store.state(capsule).scan("", undefined)) {
    if (given.has("json")) screen.print(printable(JSON.stringify({ type: "entry", capsule, key, bytes: value.length })));
    else screen.print(`${printable(key)}  ${screen.paint("dim", `${value.length} bytes`)}`);
  }
}

function get({ store, capsule, given, screen }: Work, [key, ...more]: readonly string[]): void {
  if (key === undefined || more.length > 0) throw usage("state get takes one key");
  const at = given.text("at");
  const current = store.state(capsule).version;
  const version = at === undefined ? current : versionOf(at);
  const value = at === undefined ? store.state(capsule).get(key) : store.stateAt(capsule, key, version);
  if (value === undefined) {
    throw new DoterosError("unreadable-input", `${capsule} has no key ${JSON.stringify(key)}${at === undefined ? "" : ` at version ${version}`}`, {
      help: "see what there is: doteros-wasm state list",
    });
  }
  const { encoding, text } = payloadText({ payload: value, contentType: undefined });
  if (given.has("json")) screen.print(printable(JSON.stringify({ type: "value", capsule, version, key, encoding, value: text })));
  else screen.print(encoding === "base64" ? `base64:${text}` : printable(text));
}

function diff({ store, capsule, given, screen }: Work, [first, second, ...more]: readonly string[]): void {
  if (first === undefined || second === undefined || more.length > 0) throw usage("state diff takes two versions");
  const [from, to] = [versionOf(first), versionOf(second)];
  for (const key of changedKeys(store, capsule, Math.min(from, to), Math.max(from, to))) {
    const [before, after] = [store.stateAt(capsule, key, from), store.stateAt(capsule, key, to)].map(textOf);
    if (before === after) continue;
    if (given.has("json")) screen.print(printable(JSON.stringify({ type: "difference", capsule, key, before: before ?? null, after: after ?? null })));
    else {
      if (before !== undefined) screen.print(screen.paint("red", `- ${printable(key)}  ${printable(before)}`));
      if (after !== undefined) screen.print(screen.paint("green", `+ ${printable(key)}  ${printable(after)}`));
    }
  }
}

function textOf(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const { encoding, text } = payloadText({ payload: value, contentType: undefined });
  return encoding === "base64" ? `base64:${text}` : text;
}

function versionOf(text: string): number {
  const version = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(version)) return version;
  throw usage(`${JSON.stringify(text)} is no version: they are whole numbers from 0 on`);
}

function usage(message: string): DoterosError {
  return new DoterosError("usage", message, { help: "see how it is used: doteros-wasm state --help" });
}
