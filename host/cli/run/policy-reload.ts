import { unwatchFile, watchFile } from "node:fs";
import { DoterosError } from "../../contract/error.ts";
import type { Host } from "../../contract/host.ts";
import type { PolicySource } from "../../contract/policy.ts";
import { nodePlatform } from "../../node.ts";
import { policyDigest } from "../../policy/digest.ts";
import { asDoterosError } from "../error-text.ts";
import { readPolicy } from "../policy-file.ts";
import type { Report } from "./report.ts";

/** How often the files are looked at. Looking finds them again after they were replaced, on every file system. */
const LOOK_MILLISECONDS = 250;

/** What is read again, and for whom. */
export interface PolicyReloadOptions {
  readonly host: Host;
  readonly report: Pick<Report, "error" | "log">;
  readonly policy: readonly string[];
  readonly data: string | undefined;
  /** What they said when the host was made. */
  readonly source: PolicySource;
}

/**
 * Reads a policy and its data again when one of their files changes, or on SIGHUP, and puts them in the place of those
 * before: all of it, or, when something is wrong, nothing, and that is told.
 */
export class PolicyReload {
  readonly #options: PolicyReloadOptions;
  readonly #changed = (): void => void this.#reload();
  #digest: string;
  /** What was wrong when they were read last: it is told once, whoever asked for reading. */
  #told: string | undefined;
  #isReading = false;
  #isStale = false;
  #isEnded = false;

  constructor(options: PolicyReloadOptions) {
    this.#options = options;
    this.#digest = policyDigest(options.source, nodePlatform.sha256);
    for (const file of this.#files) watchFile(file, { interval: LOOK_MILLISECONDS, persistent: false }, this.#changed);
    process.on("SIGHUP", this.#changed);
    // What changed since it was read first.
    this.#changed();
  }

  end(): void {
    this.#isEnded = true;
    for (const file of this.#files) unwatchFile(file, this.#changed);
    process.off("SIGHUP", this.#changed);
  }

  get #files(): readonly string[] {
    const { policy, data } = this.#options;
    return data === undefined ? policy : [...policy, data];
  }

  /** One at a time; what changes meanwhile is read afterwards. */
  async #reload(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale && !this.#isEnded) {
      this.#isStale = false;
      await this.#read().catch((thrown: unknown) => this.#failed(asDoterosError(thrown)));
    }
    this.#isReading = false;
  }

  async #read(): Promise<void> {
    const { host, report, policy, data } = this.#options;
    const source = await readPolicy(policy, data);
    const digest = policyDigest(source, nodePlatform.sha256);
    this.#told = undefined;
    if (digest === this.#digest) return;
    await host.setPolicy(source);
    this.#digest = digest;
    const message = `the policy was read again, and decides from now on: sha-256 ${digest}`;
    report.log({ capsule: "doteros", level: "info", context: "", message, index: 0, attempt: 1, outcome: "committed" });
  }

  #failed({ code, message, where, cause }: DoterosError): void {
    if (this.#isEnded || code === "closed" || this.#told === message) return;
    this.#told = message;
    const help = "the policy before stays in force; mend the file, and it is read again";
    this.#options.report.error(new DoterosError(code, message, { help, cause, ...(where === undefined ? {} : { where }) }));
  }
}
