import { HTTP_REQUESTS_MOST } from "../../contract/limits.ts";
import type { Arguments, OptionTable } from "../arguments.ts";
import { CAPSULE_OPTIONS, type CapsuleOptions, readCapsuleOptions, usage } from "../capsule-options.ts";

const PORT_DEFAULT = 8080;
const PORT_MAX = 65_535;
const DRAIN_SECONDS_DEFAULT = 10;
/** The longest times, in seconds: an hour. */
const SECONDS_MAX = 3_600;
/** Grants of what a capsule may wait for: nobody else is to wait with it. */
const WAITS = /^(?:net:|clock$|stdio$)/;
const MILLISECONDS_PER_SECOND = 1_000;

/** What `serve` was asked to do. */
export interface ServeOptions extends CapsuleOptions {
  readonly port: number;
  readonly hostname: string;
  /** How many requests may wait; undefined for what holds when nobody says. */
  readonly requestsMax: number | undefined;
  /** How long a request waits for its answer, in milliseconds; undefined likewise. */
  readonly answerMillisecondsMax: number | undefined;
  /** How long those that there are may take at the end, in milliseconds. */
  readonly drainMilliseconds: number;
  readonly watchPolicy: boolean;
  /** Whether bodies cross over while they are read and written. */
  readonly stream: boolean;
  readonly verbose: boolean;
}

/** The options of `serve`, as they are typed. */
export const SERVE_OPTIONS = {
  ...CAPSULE_OPTIONS,
  port: { type: "string" },
  host: { type: "string" },
  requests: { type: "string" },
  timeout: { type: "string" },
  drain: { type: "string" },
  stream: { type: "boolean" },
  verbose: { type: "boolean", short: "v" },
} as const satisfies OptionTable;

/**
 * Makes sense of what was typed.
 *
 * @throws DoterosError `usage`
 */
export function readServeOptions(given: Arguments): ServeOptions {
  const [component, ...more] = given.positionals;
  if (component === undefined) throw usage("serve needs the file of a component", "doteros-wasm serve component.wasm --port 8080");
  if (more.length > 0) throw usage(`serve takes one component, and ${JSON.stringify(more[0])} is a second`, "start another one on another port");
  const common = readCapsuleOptions(given, component);
  const stream = given.has("stream");
  if (stream && common.store !== undefined) throw usage("--stream has bodies that no ledger has, and --store keeps one", "leave out one of the two");
  if (stream && common.isolation === "thread") throw usage("--stream has its connections in a thread, and the capsule in the host's own", "leave out --isolation");
  const seconds = count(given, "timeout", 1, SECONDS_MAX);
  return {
    ...common,
    port: count(given, "port", 0, PORT_MAX) ?? PORT_DEFAULT,
    hostname: given.text("host") ?? "127.0.0.1",
    requestsMax: count(given, "requests", 1, HTTP_REQUESTS_MOST),
    answerMillisecondsMax: seconds === undefined ? undefined : seconds * MILLISECONDS_PER_SECOND,
    drainMilliseconds: (count(given, "drain", 0, SECONDS_MAX) ?? DRAIN_SECONDS_DEFAULT) * MILLISECONDS_PER_SECOND,
    isolation: common.isolation ?? (!stream && common.grants.some((grant) => WAITS.test(grant)) ? "thread" : "none"),
    watchPolicy: given.has("watch-policy"),
    stream,
    verbose: given.has("verbose"),
  };
}

/** A whole number that was typed, or undefined when none was. @throws DoterosError `usage` */
function count(given: Arguments, name: string, least: number, most: number): number | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number;
  throw usage(`--${name} cannot be ${JSON.stringify(text)}`, `it is a whole number from ${least} to ${most.toLocaleString("en")}`);
}
