import { patternProblem } from "../../bus/subject.ts";
import { parseLimits } from "../../capability/read-limits.ts";
import { DoterosError } from "../../contract/error.ts";
import type { ResourceLimits } from "../../contract/manifest.ts";
import type { Arguments, OptionTable } from "../arguments.ts";
import { READERS, type Format } from "../input/format.ts";
import { compileSubject, type SubjectTemplate } from "../subject.ts";

/** What happens to a row that cannot be read. */
export const ON_ERROR = ["stop", "skip", "dead-letter"] as const;

/** One of {@link ON_ERROR}. */
export type OnError = (typeof ON_ERROR)[number];

/** Where the capsule may be. */
const ISOLATIONS = ["none", "thread"] as const;

/** The longest `--timeout`, in seconds: what a timer can wait. */
const TIMEOUT_SECONDS_MAX = 2_000_000;

/** What holds for whatever is run. */
export interface CommonOptions {
  readonly component: string;
  readonly manifest: string | undefined;
  readonly grants: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: Partial<ResourceLimits>;
  /** Where the capsule is. */
  readonly isolation: (typeof ISOLATIONS)[number];
  /** The files of the components that are linked, by the interfaces. */
  readonly links: Readonly<Record<string, string>>;
  /** The files of the policy; none when everything that is granted is allowed. */
  readonly policy: readonly string[];
  /** The file of the data that the policy has. */
  readonly data: string | undefined;
  /** The file that decisions go to; undefined when nobody wants to know. */
  readonly decisions: string | undefined;
  /** The folder of the store; undefined when nothing is to be kept. */
  readonly store: string | undefined;
  /** The file of the key that the ledger is signed with; undefined for the one beside the store. */
  readonly key: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What `run` was asked to do with a capsule and an input. */
export interface RunOptions extends CommonOptions {
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
  manifest: { type: "string" },
  call: { type: "string" },
  input: { type: "string" },
  format: { type: "string" },
  subject: { type: "string" },
  grant: { type: "string", multiple: true },
  config: { type: "string", multiple: true },
  label: { type: "string", multiple: true },
  limit: { type: "string", multiple: true },
  isolation: { type: "string" },
  link: { type: "string", multiple: true },
  policy: { type: "string", multiple: true },
  data: { type: "string" },
  "watch-policy": { type: "boolean" },
  decisions: { type: "string" },
  store: { type: "string" },
  key: { type: "string" },
  resume: { type: "boolean" },
  "on-error": { type: "string" },
  show: { type: "string", multiple: true },
  timeout: { type: "string" },
  quiet: { type: "boolean" },
} as const satisfies OptionTable;

/** Options that mean nothing without a policy, and what they are for. */
const NEEDS_POLICY: readonly (readonly [name: string, what: string])[] = [
  ["data", "is what a policy decides with"],
  ["watch-policy", "reads a policy again when it changes"],
  ["decisions", "is where the decisions of a policy go"],
];

/**
 * Makes sense of what was typed to run a capsule over an input.
 *
 * @throws DoterosError `usage`.
 */
export function readRunOptions(given: Arguments): RunOptions {
  const component = componentOf(given);
  const more = given.positionals.slice(1);
  if (more.length > 0) throw usage(`run takes one component, and ${JSON.stringify(more[0])} is a second`, "put what it reads after --input");
  const input = given.text("input");
  if (input === undefined) throw usage("run needs an input", "add --input FILE, or --input - for standard input");
  const common = readCommonOptions(given);
  const resume = given.has("resume");
  if (resume && common.store === undefined) throw usage("--resume goes on where a store ends, and none is given", "add --store FOLDER");
  if (resume && input === "-") throw usage("--resume needs an input that can be read again", "save standard input to a file, and give that");
  return {
    ...common,
    component,
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

/**
 * Makes sense of what holds for whatever is run.
 *
 * @throws DoterosError `usage`.
 */
export function readCommonOptions(given: Arguments): CommonOptions {
  const store = given.text("store");
  const policy = given.texts("policy");
  for (const [name, what] of NEEDS_POLICY) {
    if (given.has(name) && policy.length === 0) throw usage(`--${name} ${what}, and none is given`, "add --policy FILE.rego");
  }
  const key = given.text("key");
  if (key !== undefined && store === undefined) throw usage("--key signs the ledger of a store, and none is given", "add --store FOLDER");
  return {
    component: componentOf(given),
    manifest: given.text("manifest"),
    grants: given.texts("grant"),
    config: readPairs("config", given.texts("config")),
    labels: readPairs("label", given.texts("label")),
    limits: parseLimits(given.texts("limit")),
    isolation: given.choice("isolation", ISOLATIONS) ?? "none",
    links: readPairs("link", given.texts("link")),
    policy,
    data: given.text("data"),
    decisions: given.text("decisions"),
    store,
    key,
    json: given.has("json"),
    quiet: given.has("quiet"),
  };
}

/** What was typed as KEY=VALUE. @throws DoterosError `usage` */
export function readPairs(option: string, settings: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.map((setting) => {
      const equals = setting.indexOf("=");
      if (equals > 0) return [setting.slice(0, equals), setting.slice(equals + 1)];
      throw usage(`--${option} ${JSON.stringify(setting)} has no value`, "write it as KEY=VALUE");
    }),
  );
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

function usage(message: string, help: string): DoterosError {
  return new DoterosError("usage", message, { help });
}
