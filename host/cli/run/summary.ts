import type { Paint } from "../colour.ts";
import { clip, printable } from "../printable.ts";
import type { StopReason } from "./stop.ts";

/** How many state entries are listed where people read them; `--json` lists more. */
const SHOWN_ENTRIES_MAX = 20;

/** One entry of a capsule's state, without its value. */
export interface EntrySize {
  readonly key: string;
  readonly bytes: number;
}

/** Why a run ended. */
export type Ending = "input-end" | "input-broken" | StopReason;

/** What a run did, from its first row to its last. */
export interface Summary {
  readonly capsule: { readonly name: string; readonly version: string; readonly digest: string };
  readonly input: {
    readonly name: string;
    /** Rows that were read. */
    readonly rows: number;
    /** Those of them that could not become a message. */
    readonly unreadable: number;
    /** Those of the unreadable ones that were passed over. */
    readonly skipped: number;
  };
  /** Messages that the capsule was given. */
  readonly messages: number;
  /** Messages that it handled, each as one committed transition. */
  readonly transitions: number;
  readonly published: number;
  /** Attempts that the capsule answered with a fault. */
  readonly faults: number;
  /** Attempts that ended in a trap. */
  readonly traps: number;
  /** Attempts that ran out of fuel, stack or memory. */
  readonly exhausted: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Messages and rows that went to the dead-letter subject. */
  readonly deadLettered: number;
  /** Dead letters that the capsule was given and failed on, too. */
  readonly dropped: number;
  /** Calls of the capsule that the policy or a rate denied. */
  readonly denied: number;
  /** Those of them that a rate of its manifest denied. */
  readonly limited: number;
  /** How often its breaker opened. */
  readonly tripped: number;
  /** Messages that waited when the run was ended. */
  readonly abandoned: number;
  /** What all attempts took, in units of fuel. */
  readonly fuel: number;
  readonly state: {
    readonly entries: number;
    /** Keys and values, all added up. */
    readonly bytes: number;
    readonly version: number;
    /** The first thousand of them, in order. */
    readonly keys: readonly EntrySize[];
  };
  /** The ledger, where it is kept, and the key that verifies its checkpoints. */
  readonly ledger?: { readonly entries: number; readonly key: string | undefined } | undefined;
  readonly loadMilliseconds: number;
  readonly seconds: number;
  /** What one attempt at a transition took in the capsule, on average. */
  readonly microsecondsPerTransition: number;
  readonly ended: Ending;
  readonly exitCode: number;
}

/** A summary as people read it. */
export function summaryText(summary: Summary, paint: Paint): string {
  const { capsule, input, state, ledger } = summary;
  const perSecond = summary.seconds > 0 ? `, ${number(Math.round(input.rows / summary.seconds))} rows/s` : "";
  const each = summary.transitions > 0 ? `${summary.microsecondsPerTransition.toFixed(1)} µs each` : "";
  const facts: [string, string, string?][] = [
    ["rows", number(input.rows), `from ${input.name} in ${summary.seconds.toFixed(2)} s${perSecond}`],
    ["messages", number(summary.messages)],
    ["transitions", number(summary.transitions), each],
    ["published", number(summary.published)],
    ["dead-lettered", number(summary.deadLettered)],
    ...optional("skipped", input.skipped, "rows that could not be read"),
    ...optional("retries", summary.retries, ""),
    ...optional("exhausted", summary.exhausted, "attempts that ran out of fuel, stack or memory"),
    ...optional("denied", summary.denied, "calls, by the policy or a rate"),
    ...optional("limited", summary.limited, "of them, by a rate of the manifest"),
    ...optional("tripped", summary.tripped, "times the breaker opened, and messages waited"),
    ...optional("dropped", summary.dropped, "dead letters that failed once more"),
    ...optional("abandoned", summary.abandoned, "messages that still waited"),
    ["fuel", number(summary.fuel), "units"],
    ...(ledger === undefined ? [] : [["ledger", number(ledger.entries), `entries; verify them with --key ${ledger.key ?? ""}`] satisfies [string, string, string]]),
    ["state", number(state.entries), `${state.entries === 1 ? "entry" : "entries"}, ${number(state.bytes)} bytes, version ${number(state.version)}`],
  ];
  const width = Math.max(...facts.map(([, value]) => value.length));
  const load = `loaded in ${summary.loadMilliseconds.toFixed(1)} ms`;
  return [
    `${paint("bold", printable(`${capsule.name} ${capsule.version}`))}  ${paint("dim", `${load}, sha-256 ${capsule.digest.slice(0, 16)}…`)}`,
    ...facts.map(([name, value, note = ""]) => `  ${name.padEnd(13)} ${value.padStart(width)}  ${paint("dim", printable(note))}`.trimEnd()),
    ...entryLines(state.keys, state.entries),
    ...(summary.ended === "input-end" ? [] : [paint("yellow", `ended early: ${ENDINGS[summary.ended]}`)]),
  ].join("\n");
}

const ENDINGS: Readonly<Record<Exclude<Ending, "input-end">, string>> = {
  "input-broken": "the input cannot be read further",
  interrupt: "interrupted",
  timeout: "the time was up",
  failure: "something failed, and --on-error stop was given",
  "output-closed": "nobody reads the output any more",
};

function optional(name: string, value: number, note: string): [string, string, string][] {
  return value === 0 ? [] : [[name, number(value), note]];
}

function entryLines(keys: readonly EntrySize[], entries: number): string[] {
  const shown = keys.slice(0, SHOWN_ENTRIES_MAX).map(({ key, bytes }) => ({ key: clip(printable(key), 60), bytes }));
  const width = Math.max(0, ...shown.map(({ key }) => key.length));
  const lines = shown.map(({ key, bytes }) => `    ${key.padEnd(width)}  ${number(bytes)} bytes`);
  return entries > shown.length ? [...lines, `    and ${number(entries - shown.length)} more`] : lines;
}

function number(value: number): string {
  return value.toLocaleString("en");
}
