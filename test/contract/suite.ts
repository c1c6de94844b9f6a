import { type Cases, type Kit, NotHere } from "./kit.ts";
import { kernelCases } from "./suite/kernels.ts";
import { ledgerCases } from "./suite/ledger.ts";
import { limitCases } from "./suite/limits.ts";
import { linkerCases } from "./suite/linker.ts";
import { loopCases } from "./suite/loop.ts";
import { pluginCases } from "./suite/plugin.ts";
import { policyCases } from "./suite/policy.ts";
import { recordedCases } from "./suite/recorded.ts";
import { replayCases } from "./suite/replay.ts";
import { scriptCases } from "./suite/script.ts";
import { allStoreCases } from "./suite/store.ts";

/** The parts of the suite, and their cases. */
export const SUITE: Readonly<Record<string, Cases>> = {
  linker: linkerCases,
  loop: loopCases,
  store: allStoreCases,
  ledger: ledgerCases,
  limits: limitCases,
  policy: policyCases,
  plugin: pluginCases,
  kernels: kernelCases,
  replay: replayCases,
  recorded: recordedCases,
  script: scriptCases,
};

/** What became of a case. */
export interface Result {
  readonly part: string;
  readonly name: string;
  readonly outcome: "ok" | "failed" | "skipped";
  /** Why it failed, or was skipped. */
  readonly reason?: string;
  /** What must be the same on all runtimes. */
  readonly answer?: string;
  readonly milliseconds: number;
}

/** What became of all cases, in a runtime. */
export interface Report {
  readonly runtime: string;
  readonly results: readonly Result[];
  readonly milliseconds: number;
}

/** Runs one case. */
export async function runCase(kit: Kit, part: string, name: string): Promise<Result> {
  const began = performance.now();
  const done = (outcome: Result["outcome"], more: Pick<Result, "reason" | "answer"> = {}): Result => ({ part, name, outcome, ...more, milliseconds: Math.round(performance.now() - began) });
  try {
    const answer = await SUITE[part]?.[name]?.(kit);
    return done("ok", typeof answer === "string" ? { answer } : {});
  } catch (error) {
    if (error instanceof NotHere) return done("skipped", { reason: error.message });
    return done("failed", { reason: error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error) });
  }
}

/** Runs all cases, one after the other. */
export async function runSuite(kit: Kit): Promise<Report> {
  const began = performance.now();
  const results: Result[] = [];
  for (const [part, cases] of Object.entries(SUITE)) for (const name of Object.keys(cases)) results.push(await runCase(kit, part, name));
  return { runtime: kit.platform.name, results, milliseconds: Math.round(performance.now() - began) };
}
