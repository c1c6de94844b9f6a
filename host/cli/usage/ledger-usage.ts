import type { Usage } from "../../contract/usage.ts";
import type { Entry, LoadEntry } from "../../ledger/entry.ts";
import type { Message } from "../../contract/message.ts";

/** What a capsule used under a tenant, as its ledger has it. */
export interface LedgerUsage extends Usage {
  readonly capsule: string;
  /** Its label `tenant`; undefined when it had none, or when that is not in the ledger. */
  readonly tenant: string | undefined;
}

type Sum = { -readonly [name in keyof LedgerUsage]: LedgerUsage[name] };

/** Sums up what entries tell of what was used. */
export class LedgerUsages {
  readonly #tenants = new Map<string, string | undefined>();
  readonly #sums = new Map<string, Sum>();

  /** By capsule and tenant, in the order in which they came. */
  get all(): LedgerUsage[] {
    return [...this.#sums.values()];
  }

  /** Learns from an entry what is to be known of those after it. */
  learn(entry: Entry): void {
    if (entry.kind === "load") this.#tenants.set(entry.capsule, tenantIn(entry));
  }

  /** Adds what an entry tells of what was used. */
  add(entry: Entry): void {
    if (entry.kind !== "transition" && entry.kind !== "failure") return;
    const sum = this.#sumOf(entry.capsule);
    sum.fuel += entry.fuel;
    if (entry.attempt === 1) {
      sum.messages += 1;
      sum.receivedBytes += entry.message.payload.length;
    }
    if (entry.kind === "failure") {
      sum.failures += 1;
      return;
    }
    sum.transitions += 1;
    sum.published += entry.outputs.length;
    sum.publishedBytes += bytesOf(entry.outputs);
  }

  #sumOf(capsule: string): Sum {
    const tenant = this.#tenants.get(capsule);
    const key = JSON.stringify([capsule, tenant]);
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const sum: Sum = { capsule, tenant, messages: 0, transitions: 0, failures: 0, fuel: 0, receivedBytes: 0, published: 0, publishedBytes: 0 };
    this.#sums.set(key, sum);
    return sum;
  }
}

/** What several used together. */
export function total(usages: readonly Usage[]): Usage {
  const sum = { messages: 0, transitions: 0, failures: 0, fuel: 0, receivedBytes: 0, published: 0, publishedBytes: 0 };
  for (const usage of usages) for (const name of USAGE_NAMES) sum[name] += usage[name];
  return sum;
}

/** What is counted, in the order in which it is shown. */
export const USAGE_NAMES = ["messages", "transitions", "failures", "fuel", "receivedBytes", "published", "publishedBytes"] as const satisfies readonly (keyof Usage)[];

function bytesOf(messages: readonly Message[]): number {
  let bytes = 0;
  for (const { payload } of messages) bytes += payload.length;
  return bytes;
}

/** The label in the manifest, which is that of the host that wrote the entry. */
function tenantIn({ manifest }: LoadEntry): string | undefined {
  const { labels } = JSON.parse(manifest) as { readonly labels?: Readonly<Record<string, unknown>> };
  const tenant = labels !== undefined && Object.hasOwn(labels, "tenant") ? labels["tenant"] : undefined;
  return typeof tenant === "string" ? tenant : undefined;
}
