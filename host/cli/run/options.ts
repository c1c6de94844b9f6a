import { patternProblem } from "../../bus/subject.ts";
import type { Arguments, OptionTable } from "../arguments.ts";
import { CAPSULE_OPTIONS, type CapsuleOptions, readCapsuleOptions, usage } from "../capsule-options.ts";
import { READERS, type Format } from "../input/format.ts";
import { compileSubject, type SubjectTemplate } from "../subject.ts";

/** What happens to a row that cannot be read. */
export const ON_ERROR = ["stop", "skip", "dead-letter"] as const;

/** One of {@link ON_ERROR}. */
export type OnError = (typeof ON_ERROR)[number];

/** The longest `--timeout`, in seconds: what a timer can wait. */
const TIMEOUT_SECONDS_MAX = 2_000_000;

/** What `run` was asked to do with a capsule and an input. */
export interface RunOptions extends CapsuleOptions {
  /** A path, or `-` for standard input. */
  readonly input: string;
  readonly format: Format | undefined;
  readonly subject: SubjectTemplate;
  /** Whether the policy and its data are read again when they change. */
  readonly watchPolicy: boolean;
  /** Whether rows that the store has seen are passed over. */
  readonly resume: boolean;
  readonly onError: OnError;
  /** The patterns of what to print; empty for all that the capsule publishes. */
  readonly show: readonly string[];
  readonly timeoutSeconds: number | undefined;
}

/** The options of `run`, as they are typed. */
export const RUN_OPTIONS = {
  ...CAPSULE_OPTIONS,
  call: { type: "string" },
  input: { type: "string" },
  format: { type: "string" },
  subject: { type: "string" },
  resume: { type: "boolean" },
  "on-error": { type: "string" },
  show: { type: "string", multiple: true },
  timeout: { type: "string" },
} as const satisfies OptionTable;

/**
 * Makes sense of what was typed to run a capsule over an input.
 *
 * @throws DoterosError `usage`
 */
export function readRunOptions(given: Arguments): RunOptions {
  const component = componentOf(given);
  const more = given.positionals.slice(1);
  if (more.length > 0) throw usage(`run takes one component, and ${JSON.stringify(more[0])} is a second`, "put what it reads after --input");
  const input = given.text("input");
  if (input === undefined) throw usage("run needs an input", "add --input FILE, or --input - for standard input");
  const common = readCapsuleOptions(given, component);
  const resume = given.has("resume");
  if (resume && common.store === undefined) throw usage("--resume goes on where a store ends, and none is given", "add --store FOLDER");
  if (resume && input === "-") throw usage("--resume needs an input that can be read again", "save standard input to a file, and give that");
  return {
    ...common,
    input,
    format: given.choice("format", Object.keys(READERS) as Format[]),
    subject: compileSubject(given.text("subject") ?? "input"),
    watchPolicy: given.has("watch-policy"),
    resume,
    onError: given.choice("on-error", ON_ERROR) ?? "dead-letter",
    show: given.texts("show").map(checkShow),
    timeoutSeconds: readTimeout(given.text("timeout")),
  };
}

/** The file that is to be run. @throws DoterosError `usage` */
export function componentOf(given: Arguments): string {
  const [component] = given.positionals;
  if (component === undefined) throw usage("run needs the file of a component", "doteros-wasm run capsule.wasm --input rows.csv, or doteros-wasm run tool.wasm -- its arguments");
  return component;
}

function checkShow(pattern: string): string {
  const problem = patternProblem(pattern);
  if (problem === undefined) return pattern;
  throw usage(`--show ${JSON.stringify(pattern)} ${problem}`, "a pattern is a subject in which * stands for one token and > for the rest: 'alerts.>'");
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d*\.?\d+$/.test(text) && seconds > 0 && seconds <= TIMEOUT_SECONDS_MAX) return seconds;
  throw usage(
    `--timeout cannot be ${JSON.stringify(text)}`,
    `it is a number of seconds, more than 0 and at most ${TIMEOUT_SECONDS_MAX.toLocaleString("en")}`,
  );
}
