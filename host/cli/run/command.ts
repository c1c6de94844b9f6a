import { createHost, moduleCacheIn, openDotstore } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { keyOfStore, loadCapsule } from "../load-capsule.ts";
import { readManifest } from "../manifest-file.ts";
import { readPolicy } from "../policy-file.ts";
import type { Screen } from "../screen.ts";
import { callPlugin } from "./call-plugin.ts";
import { DecisionFile } from "./decision-file.ts";
import { handleInput } from "./handle-input.ts";
import { RUN_HELP } from "./help.ts";
import { JsonReport } from "./json-report.ts";
import { kindOf } from "./kind.ts";
import { readRunOptions, RUN_OPTIONS } from "./options.ts";
import { PolicyReload } from "./policy-reload.ts";
import { Stop, stopOnSignals } from "./stop.ts";
import { TextReport } from "./text-report.ts";
import { runTool } from "./tool.ts";

/** Messages that wait for the capsule before reading waits: enough to keep it busy, few enough to end soon. */
const MESSAGES_MAX = 16;
/** The same where messages are kept, in groups: so many rows are on their way to the store at a time. */
const KEPT_MESSAGES_MAX = 1_024;

/** `doteros-wasm run`. */
export const runCommand: Command = {
  name: "run",
  summary: "run a capsule over an input (CSV, NDJSON or JSON), a command, or a plugin of Extism",
  help: RUN_HELP,
  options: RUN_OPTIONS,
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  if (given.has("call")) return callPlugin(given, screen, Object.keys(RUN_OPTIONS));
  return (await kindOf(given)) === "tool" ? runTool(given, screen) : runCapsule(given, screen);
}

async function runCapsule(given: Arguments, screen: Screen): Promise<number> {
  const options = readRunOptions(given);
  const policy = options.policy.length === 0 ? undefined : await readPolicy(options.policy, options.data);
  const report = options.json ? new JsonReport(screen) : new TextReport(screen, options.quiet);
  const stop = new Stop();
  const decisions = options.decisions === undefined ? undefined : await DecisionFile.open(options.decisions, () => stop.ask("failure"));
  const release = stopOnSignals(stop, options.timeoutSeconds);
  screen.onClose = () => stop.ask("output-closed");
  const store = options.store === undefined ? undefined : await openDotstore(options.store);
  const messagesMax = store === undefined ? MESSAGES_MAX : KEPT_MESSAGES_MAX;
  const ahead = store === undefined ? 1 : KEPT_MESSAGES_MAX;
  const signingKey = options.store === undefined ? undefined : await keyOfStore(options.store, options.key);
  const signed = signingKey === undefined ? {} : { signingKey };
  const decided = decisions === undefined ? {} : { decisions: (_: unknown, line: string) => decisions.add(line) };
  const host = await createHost({ store: store ?? "memory", modules: moduleCacheIn(), ...signed, ...(policy === undefined ? {} : { policy }), ...decided, mailbox: { messagesMax }, log: (line) => report.log(line) });
  const reload = options.watchPolicy && policy !== undefined ? new PolicyReload({ host, report, policy: options.policy, data: options.data, source: policy }) : undefined;
  try {
    const began = performance.now();
    const capsule = await loadCapsule(host, options, await readManifest(options.component, options.manifest));
    const loadMilliseconds = performance.now() - began;
    return await handleInput({ host, capsule, options, report, stop, screen, decisions, loadMilliseconds, messagesMax, ahead, ledger: store && { store, signingKey } });
  } finally {
    reload?.end();
    release();
    await host.close();
    await decisions?.close();
    await store?.close();
  }
}

