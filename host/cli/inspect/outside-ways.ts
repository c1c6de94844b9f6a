import { PREVIEW1, PREVIEW1_SIGNATURES } from "../../capability/extism/preview1/signatures.ts";
import type { Explanation } from "./explanation.ts";

/** Which way an interface goes, or a function. */
export interface OutsideWay extends Pick<Explanation, "source" | "grant" | "waits"> {
  /** What its functions answer without a grant; all that is to be said where nothing can be granted. */
  readonly without: string;
}

const way = (grant: string | undefined, waits: Explanation["waits"], without: string, source: Explanation["source"] = "outside"): OutsideWay => ({ source, grant, waits, without });
const NETWORK = "for the network's thread";
const SYSTEM = "in its thread";
const FOLDERS = way("fs:FOLDER:ro", SYSTEM, "there is no folder");
const SOCKETS = way("net:HOST:PORT", NETWORK, "the answer is access-denied");
const TERMINAL = way("stdio", "never", "there is no terminal");
const TIME = way("clock", SYSTEM, "time is that of the transition, and who sleeps is at the end of the sleep at once");
const CHANCE = way(undefined, "never", "from the seed of the transition, so that a replay has it again; needs no grant", "transition");

const ENVIRONMENT = way("env:NAME", "never", "the environment is empty; arguments are those of the run");
const INPUT = way("stdio", SYSTEM, "standard input is what the run was given, or at its end");
const OUTPUT = way("stdio", SYSTEM, "what is written goes to the capsule's log when it may log, and else nowhere");
const END = way(undefined, "never", "ends the run; needs no grant", "memory");
const NO_FILES = way(undefined, "never", "there is no folder and no socket: for a program that is granted a folder, the official adapter makes a component of it first", "nowhere");

/** The functions of WASI preview 1 that are told apart. Others are for what nobody has. */
const PREVIEW1_WAYS: Readonly<Record<string, OutsideWay>> = {
  args_get: ENVIRONMENT,
  args_sizes_get: ENVIRONMENT,
  environ_get: ENVIRONMENT,
  environ_sizes_get: ENVIRONMENT,
  clock_res_get: TIME,
  clock_time_get: TIME,
  poll_oneoff: TIME,
  random_get: CHANCE,
  fd_read: INPUT,
  fd_write: OUTPUT,
  proc_exit: END,
};

/** The interfaces that may lead outside, without their versions, and the functions that do where others of theirs do not. */
export const OUTSIDE_WAYS: ReadonlyMap<string, OutsideWay> = new Map([
  ["wasi:cli/environment", ENVIRONMENT],
  ["wasi:cli/exit", END],
  ["wasi:cli/stdin", INPUT],
  ["wasi:cli/stdout", OUTPUT],
  ["wasi:cli/stderr", OUTPUT],
  ["wasi:cli/terminal-stdin", TERMINAL],
  ["wasi:cli/terminal-stdout", TERMINAL],
  ["wasi:cli/terminal-stderr", TERMINAL],
  ["wasi:clocks/monotonic-clock", TIME],
  ["wasi:clocks/wall-clock", TIME],
  ["wasi:random/random", CHANCE],
  ["wasi:random/insecure", CHANCE],
  ["wasi:random/insecure-seed", CHANCE],
  ["wasi:filesystem/preopens", FOLDERS],
  ["wasi:filesystem/types", FOLDERS],
  ["wasi:io/poll", way(undefined, SYSTEM, "waits for what it is given, as that waits; needs no grant", "nowhere")],
  ["wasi:io/streams", way(undefined, SYSTEM, "waits as what is at the other end of the stream does; needs no grant", "nowhere")],
  ["wasi:sockets/ip-name-lookup", way("net:HOST:PORT", NETWORK, "names do not resolve")],
  ["wasi:sockets/tcp-create-socket", SOCKETS],
  ["wasi:sockets/tcp", SOCKETS],
  ["wasi:sockets/udp-create-socket", SOCKETS],
  ["wasi:sockets/udp", SOCKETS],
  ["wasi:http/outgoing-handler", way("net:HOST:PORT", NETWORK, "the answer is HTTP-request-denied")],
  ...Object.keys(PREVIEW1_SIGNATURES).map((name): [string, OutsideWay] => [`${PREVIEW1}#${name}`, PREVIEW1_WAYS[name] ?? NO_FILES]),
  ["extism:host/env#http_request", way("net:HOST:PORT", NETWORK, "the call ends the plugin")],
]);
