import type { AnsweredRequest, HttpListener, HttpService } from "../../contract/http.ts";
import { createHost, listenHttp, moduleCacheIn, openDotstore, serveHttp } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { keyOfStore, loadCapsule } from "../load-capsule.ts";
import { readManifest } from "../manifest-file.ts";
import { readPolicy } from "../policy-file.ts";
import { DecisionFile } from "../run/decision-file.ts";
import { PolicyReload } from "../run/policy-reload.ts";
import type { Screen } from "../screen.ts";
import { SERVE_HELP } from "./help.ts";
import { readServeOptions, SERVE_OPTIONS, type ServeOptions } from "./options.ts";
import { reportTo, type ServeReport } from "./report.ts";

/** After these the host does nothing more: it is for whoever started this to start it again. */
const FATAL: ReadonlySet<string> = new Set(["store-failed", "internal"]);

/** `doteros-wasm serve`. */
export const serveCommand: Command = {
  name: "serve",
  summary: "have a component answer requests of HTTP",
  help: SERVE_HELP,
  options: SERVE_OPTIONS,
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const options = readServeOptions(given);
  const policy = options.policy.length === 0 ? undefined : await readPolicy(options.policy, options.data);
  const report = reportTo(screen, options);
  const stop = untilSignal();
  const decisions = options.decisions === undefined ? undefined : await DecisionFile.open(options.decisions, () => stop.now());
  const store = options.store === undefined ? undefined : await openDotstore(options.store);
  const signingKey = options.store === undefined ? undefined : await keyOfStore(options.store, options.key);
  const host = await createHost({
    store: store ?? "memory",
    modules: moduleCacheIn(),
    ...(signingKey === undefined ? {} : { signingKey }),
    ...(policy === undefined ? {} : { policy }),
    ...(decisions === undefined ? {} : { decisions: (_: unknown, line: string) => decisions.add(line) }),
    log: (line) => report.log(line),
  });
  const reload = options.watchPolicy && policy !== undefined ? new PolicyReload({ host, report, policy: options.policy, data: options.data, source: policy }) : undefined;
  try {
    const capsule = await loadCapsule(host, options, await readManifest(options.component, options.manifest));
    const { requestsMax, answerMillisecondsMax } = options;
    const service = serveHttp(host, capsule, { ...(requestsMax === undefined ? {} : { requestsMax }), ...(answerMillisecondsMax === undefined ? {} : { answerMillisecondsMax }) });
    const code = await serve(service, capsule.name, options, { report, stop });
    await decisions?.written();
    return code;
  } finally {
    stop.release();
    reload?.end();
    await host.close();
    await decisions?.close();
    await store?.close();
  }
}

/** What has serving end. */
interface Stop {
  readonly asked: Promise<void>;
  now(): void;
  /** Signals mean again what they always mean. */
  release(): void;
}

/** Serves until it is told to stop, or there is nothing more to serve with. */
async function serve(service: HttpService, capsule: string, { port, hostname, stream, drainMilliseconds }: ServeOptions, { report, stop }: { readonly report: ServeReport; readonly stop: Stop }): Promise<number> {
  let code = 0;
  const told = (answered: AnsweredRequest): void => {
    report.answered(answered);
    if (!FATAL.has(answered.answer.failure?.code ?? "")) return;
    code = 1;
    stop.now();
  };
  let listener: HttpListener | undefined;
  try {
    listener = await listenHttp(service, { port, hostname, stream, told });
    report.listening(capsule, listener.url);
    await stop.asked;
    report.draining();
    await listener.close(drainMilliseconds);
  } finally {
    service.close();
  }
  return code;
}

/** The first signal asks for the end. After it a signal means again what it always means: a second one ends the process. */
function untilSignal(): Stop {
  let now: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    now = resolve;
  });
  const release = (): void => {
    process.off("SIGINT", first);
    process.off("SIGTERM", first);
  };
  const first = (): void => {
    release();
    now();
  };
  process.on("SIGINT", first);
  process.on("SIGTERM", first);
  return { asked, now, release };
}
