import { basename } from "node:path";
import { argumentHeaders, EXIT_REASON } from "../../contract/command.ts";
import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../../contract/dead-letter.ts";
import { DoterosError, type ErrorCode } from "../../contract/error.ts";
import type { Capsule, Host } from "../../contract/host.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { createHost, moduleCacheIn, openDotstore } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import { type CapsuleOptions, readCapsuleOptions } from "../capsule-options.ts";
import { asDoterosError, errorText } from "../error-text.ts";
import { keyOfStore, loadCapsule } from "../load-capsule.ts";
import { readManifest } from "../manifest-file.ts";
import { readPolicy } from "../policy-file.ts";
import type { Screen } from "../screen.ts";
import { DecisionFile } from "./decision-file.ts";
import { componentOf } from "./options.ts";

// A tool is a component that exports `wasi:cli/run`. It has the standard streams of this process, so nothing else is written to
// standard output, and what is told goes to standard error.

/** The subject of the message that a tool is run by. */
const SUBJECT = "command";
/** What a tool may use when nobody says, in units of fuel: a minute and more. Whoever waits for it can end it. */
const FUEL = 100_000_000_000;
/** What a tool may use of memory when nobody says, in bytes. */
const MEMORY_BYTES = 1_073_741_824;
/** Options that are for capsules alone. */
const FOR_CAPSULES = ["format", "subject", "watch-policy", "resume", "on-error", "show", "timeout"];

/** Runs a tool. Answers with its exit code; what goes wrong outside of it ends with 1. */
export async function runTool(given: Arguments, screen: Screen): Promise<number> {
  const options = readToolOptions(given);
  const code = await runOnce(options, [basename(options.component), ...(given.rest ?? [])], screen).catch((thrown: unknown) => {
    const error = asDoterosError(thrown);
    if (error.code === "usage" || error.code === "invalid-grant") throw error;
    screen.tell(options.json ? JSON.stringify({ type: "error", ...error.toJSON() }) : errorText(error, screen.paintError));
    return 1;
  });
  return code;
}

function readToolOptions(given: Arguments): CapsuleOptions {
  const options = readCapsuleOptions(given, componentOf(given));
  const stray = given.positionals.slice(1, given.positionals.length - (given.rest?.length ?? 0));
  const help = `put its arguments after --: doteros-wasm run ${options.component} -- ${stray.join(" ")}`;
  if (stray.length > 0) throw new DoterosError("usage", `${options.component} is a command, and ${JSON.stringify(stray[0])} is not for run`, { help });
  const strange = FOR_CAPSULES.find((name) => given.has(name));
  if (strange !== undefined) throw new DoterosError("usage", `--${strange} is for capsules that handle an input, and ${options.component} is a command`, { help: `leave --${strange} out` });
  const grants = options.grants.includes("stdio") ? options.grants : [...options.grants, "stdio"];
  return { ...options, grants, limits: { fuelPerMessage: FUEL, memoryBytesMax: MEMORY_BYTES, ...options.limits } };
}

async function runOnce(options: CapsuleOptions, words: readonly string[], screen: Screen): Promise<number> {
  const manifest = await readManifest(options.component, options.manifest);
  if (manifest !== undefined) checkManifest(manifest);
  const policy = options.policy.length === 0 ? undefined : await readPolicy(options.policy, options.data);
  const decisions = options.decisions === undefined ? undefined : await DecisionFile.open(options.decisions, () => undefined);
  const store = options.store === undefined ? undefined : await openDotstore(options.store);
  const host = await createHost({
    store: store ?? "memory",
    modules: moduleCacheIn(),
    ...(options.store === undefined ? {} : { signingKey: await keyOfStore(options.store, options.key) }),
    ...(policy === undefined ? {} : { policy }),
    ...(decisions === undefined ? {} : { decisions: (_: unknown, line: string) => decisions.add(line) }),
    ...(options.quiet ? {} : { log: ({ level, context, message }) => screen.tell(`${level} ${context}: ${message}`) }),
  });
  try {
    const grants = manifest === undefined ? [...options.grants, `subscribe=${SUBJECT}`] : options.grants;
    const capsule = await loadCapsule(host, { ...options, grants }, manifest);
    const code = await handOver(host, capsule, words);
    if (options.json) screen.tell(JSON.stringify(summaryOf(capsule, code)));
    return code;
  } finally {
    await host.close();
    await decisions?.close();
    await store?.close();
  }
}

/** Sends it the message that it is run by. Answers with its exit code. @throws DoterosError what ended it otherwise */
async function handOver(host: Host, capsule: Capsule, words: readonly string[]): Promise<number> {
  let failure: { readonly code: string; readonly reason: string } | undefined;
  host.subscribe(deadLetterSubject(capsule.name), ({ headers }) => {
    const header = (wanted: string): string => headers.findLast(([name]) => name === wanted)?.[1] ?? "";
    failure = { code: header(DEAD_LETTER_HEADERS.code), reason: header(DEAD_LETTER_HEADERS.reason) };
  });
  await host.publish(subjectFor(capsule.manifest), "", { headers: argumentHeaders(words) });
  await host.idle();
  if (failure === undefined) return 0;
  if (failure.code === "capsule-fault" && failure.reason.startsWith(EXIT_REASON)) return Number(failure.reason.slice(EXIT_REASON.length));
  throw new DoterosError(failure.code as ErrorCode, failure.reason, helpFor(failure.code));
}

/** Refuses a manifest with which nobody could run the tool, or see what it does. */
function checkManifest({ name, capabilities, subscriptions }: Manifest): void {
  const missing = [
    ...(capabilities.stdio === true ? [] : ["stdio: true, under capabilities"]),
    ...(subscriptions.length > 0 ? [] : [`subscriptions: [${SUBJECT}]`]),
  ];
  if (missing.length === 0) return;
  throw new DoterosError("invalid-manifest", `${name} is a command, and its manifest asks for too little to run it`, { help: `add to it: ${missing.join("; ")}` });
}

/** A subject that it listens on. */
function subjectFor({ subscriptions: [pattern = SUBJECT] }: Manifest): string {
  return pattern.replaceAll(/[*>]/g, SUBJECT);
}

function helpFor(code: string): { readonly help?: string } {
  if (code === "fuel-exhausted") return { help: `allow more: --limit fuelPerMessage=${10 * (FUEL / 1e9)}G` };
  return code === "memory-exhausted" ? { help: "allow more: --limit memoryBytesMax=2Gi" } : {};
}

function summaryOf(capsule: Capsule, exitCode: number): object {
  const { name, version, digest, counters, handlerNanoseconds } = capsule;
  const { fuel, denied } = counters;
  return { type: "command", name, version, digest, exitCode, fuel, denied, milliseconds: handlerNanoseconds / 1e6 };
}
