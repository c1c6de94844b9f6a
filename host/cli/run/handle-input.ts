import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DoterosError } from "../../contract/error.ts";
import type { Capsule, Host } from "../../contract/host.ts";
import type { Store } from "../../contract/store.ts";
import { parseSigningKey } from "../../ledger/key.ts";
import { asDoterosError } from "../error-text.ts";
import { openInput } from "../input/open.ts";
import { Progress } from "../progress.ts";
import type { Screen } from "../screen.ts";
import type { DecisionFile } from "./decision-file.ts";
import { Feed } from "./feed.ts";
import type { RunOptions } from "./options.ts";
import type { Report } from "./report.ts";
import type { Stop } from "./stop.ts";
import { summarize } from "./summarize.ts";
import type { Summary } from "./summary.ts";
import { Watch } from "./watch.ts";

/** How long messages that were sent already may take once a run is asked to end, before only the one in hand counts. */
const GRACE_MILLISECONDS = 500;

/** Everything a run stands on once its capsule is loaded. */
export interface Run {
  readonly host: Host;
  readonly capsule: Capsule;
  readonly options: RunOptions;
  readonly report: Report;
  readonly stop: Stop;
  readonly screen: Screen;
  /** Where the policy's decisions go, when they go somewhere. */
  readonly decisions: DecisionFile | undefined;
  readonly loadMilliseconds: number;
  /** How many messages can wait in one mailbox. */
  readonly messagesMax: number;
  /** Where the ledger is, and the key that signs it. */
  readonly ledger: { readonly store: Store; readonly signingKey: string | undefined } | undefined;
  /** How many rows may be on their way to the store at a time. */
  readonly ahead: number;
}

/**
 * Has the capsule handle the input and tells what came of it; answers with the exit code.
 *
 * @throws DoterosError when the run could not start, or nobody can be told what came of it.
 */
export async function handleInput(run: Run): Promise<number> {
  const { capsule, options, report, stop, screen } = run;
  const input = options.input === "-" ? "stdin" : options.input;
  const failed = (): void => {
    if (options.onError === "stop") stop.ask("failure");
  };
  const watch = new Watch({ ...run, show: options.show, durable: options.store !== undefined, written: () => screen.written(), input, failed });
  const feed = feedOf(run, watch);
  const began = performance.now();
  const broken = await untilAsked(stop, feedInput(run, feed));
  await finish(run);
  const seconds = (performance.now() - began) / 1_000;
  if (screen.failure !== undefined) {
    throw new DoterosError("unwritable-output", `standard output cannot be written: ${screen.failure.message}`, { cause: screen.failure });
  }
  await run.decisions?.written();
  // Whoever reads the output has seen enough of it.
  if (stop.reason === "output-closed") return 0;
  const ended = broken ? "input-broken" : (stop.reason ?? "input-end");
  const summary = summarize({ capsule, input, feed, seconds, loadMilliseconds: run.loadMilliseconds, ended, ledger: ledgerOf(run) });
  report.summary(summary);
  return summary.exitCode;
}

function ledgerOf({ ledger }: Run): Summary["ledger"] {
  if (ledger === undefined) return undefined;
  const { store, signingKey } = ledger;
  return { entries: store.tip.entries, key: signingKey === undefined ? undefined : parseSigningKey(signingKey).verifier.text };
}

function feedOf({ host, capsule, options, report, stop, screen, decisions, ahead }: Run, watch: Watch): Feed {
  const progress = new Progress(screen, !options.json && !options.quiet);
  const feed: Feed = new Feed({
    host,
    capsule,
    subject: options.subject,
    onError: options.onError,
    ahead,
    source: options.resume ? resolve(options.input) : undefined,
    stop,
    report,
    sending: (line, subject, payload) => watch.sending(line, subject, payload),
    pace: async () => {
      if (progress.isDue()) progress.show(feed.rows, capsule.counters.published, feed.unreadable + capsule.counters.deadLettered);
      if (decisions !== undefined) await decisions.ready();
      await screen.ready();
    },
  });
  return feed;
}

/** Sends the input to the capsule. True when the input broke off, which was told. */
async function feedInput({ options, report, stop }: Run, feed: Feed): Promise<boolean> {
  try {
    await feed.send(await openInput(options.input, options.format, stop.signal));
    return false;
  } catch (thrown) {
    if (stop.reason !== undefined && isEnd(thrown)) return false;
    const error = asDoterosError(thrown);
    // Before the first row there is nothing to finish and nothing to sum up.
    if (error.code === "internal" || error.code === "usage" || feed.rows === 0) throw error;
    report.error(error);
    return true;
  }
}

/** What reading and sending throw once a run was asked to end. */
function isEnd(thrown: unknown): boolean {
  if (thrown instanceof DoterosError) return thrown.code === "closed";
  return thrown instanceof Error && thrown.name === "AbortError";
}

/** Waits for the feed, but not much longer than the stop was asked for: it may be waiting for a mailbox that stays full. */
async function untilAsked(stop: Stop, feeding: Promise<boolean>): Promise<boolean> {
  const asked = async (): Promise<boolean> => {
    if (!stop.signal.aborted) await once(stop.signal, "abort");
    await grace();
    return false;
  };
  return Promise.race([feeding, asked()]);
}

function grace(): Promise<void> {
  return wait(GRACE_MILLISECONDS, undefined, { ref: false });
}

/** Waits for what is left to do: everything that was sent, or, when somebody waits for the end, what ends soon. */
async function finish({ host, options, report, stop }: Run): Promise<void> {
  if (stop.reason === "timeout") report.error(timeUp(options.timeoutSeconds ?? 0));
  if (stop.reason === undefined || stop.reason === "failure") await host.idle();
  else {
    await Promise.race([host.idle(), grace()]);
    // What still waits is counted as abandoned; the message in hand is finished.
    await host.close();
  }
}

function timeUp(seconds: number): DoterosError {
  return new DoterosError("timeout", `the input had not ended after ${seconds} ${seconds === 1 ? "second" : "seconds"}`, {
    help: "give it longer with --timeout, or leave that out",
  });
}
