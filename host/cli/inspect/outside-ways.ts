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

/** The interfaces that may lead outside, without their versions, and the functions that do where others of theirs do not. */
export const OUTSIDE_WAYS: ReadonlyMap<string, OutsideWay> = new Map([
  ["wasi:cli/environment", way("env:NAME", "never", "the environment is empty; arguments are those of the run")],
  ["wasi:cli/exit", way(undefined, "never", "ends the run; needs no grant", "memory")],
  ["wasi:cli/stdin", way("stdio", SYSTEM, "standard input is what the run was given, or at its end")],
  ["wasi:cli/stdout", way("stdio", SYSTEM, "what is written goes to the capsule's log when it may log, and else nowhere")],
  ["wasi:cli/stderr", way("stdio", SYSTEM, "what is written goes to the capsule's log when it may log, and else nowhere")],
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
  ["extism:host/env#http_request", way("net:HOST:PORT", NETWORK, "the call ends the plugin")],
]);
