import { RATE_REASON } from "../../capability/rate-guard.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Denial, Operation, PolicyInput } from "../../contract/policy.ts";
import type { FailureEntry, LoadEntry, TransitionEntry } from "../../ledger/entry.ts";
import { readEntry } from "../../ledger/entry-reader.ts";
import { hexOf } from "../../ledger/key.ts";
import type { LedgerSource } from "../../ledger/source.ts";
import { resourceOf } from "../../policy/resource.ts";
import type { RecordedDecision } from "./recorded-decision.ts";

/** What was known of a capsule when it did something. */
interface Known {
  readonly load: LoadEntry;
  /** The policy in force. */
  policy: string | undefined;
}

/**
 * The denials of an entry of a ledger, with what was in force then.
 *
 * @param place what the ledger is called
 * @throws DoterosError `unreadable-input` when there is no such entry, or it denies nothing
 */
export async function decisionsIn(source: LedgerSource, index: number, place: string): Promise<RecordedDecision[]> {
  const known = new Map<string, Known>();
  for await (const stored of source.entries()) {
    if (stored.index > index) break;
    const entry = readEntry(stored.bytes);
    if (entry.kind === "load") known.set(entry.capsule, { load: entry, policy: undefined });
    const capsule = known.get(entry.capsule);
    if (entry.kind === "policy" && capsule !== undefined) capsule.policy = hexOf(entry.policy);
    if (stored.index < index) continue;
    const where = `${place}, entry ${index}`;
    if (!("decisions" in entry) || entry.decisions.length === 0) {
      throw new DoterosError("unreadable-input", "the entry has no denials, and what was allowed is not in a ledger", { where, help: "doteros-wasm ledger show names those that have" });
    }
    return entry.decisions.map((denial) => decisionOf(entry, denial, capsule, where));
  }
  throw new DoterosError("unreadable-input", `the ledger has no entry ${index}`, { where: place, help: `it has those from ${source.start} to ${source.size - 1}` });
}

function decisionOf(entry: TransitionEntry | FailureEntry, { operation, resource, reason }: Denial, known: Known | undefined, where: string): RecordedDecision {
  const { labels = {} } = known === undefined ? {} : (JSON.parse(known.load.manifest) as { labels?: Readonly<Record<string, string>> });
  const isRate = reason.startsWith(RATE_REASON);
  const notes = [
    ...(known === undefined ? ["the ledger begins after the capsule was loaded: its version, its labels and the policy are not known"] : []),
    ...(isRate ? [`the policy had allowed it, and then a rate refused it: ${reason}`] : []),
  ];
  const input: PolicyInput = {
    capsule: { name: entry.capsule, version: known?.load.version ?? "", digest: hexOf(entry.digest), labels },
    ...askedOf(operation, resource, where),
    context: { time: entry.time ?? 0n },
  };
  return { where, input, verdict: { refusal: isRate ? undefined : reason }, policy: known?.policy, isTimeKnown: false, notes };
}

function askedOf(operation: string, resource: string, where: string): { operation: Operation; resource: PolicyInput["resource"] } {
  try {
    const asked = operation as Operation;
    return { operation: asked, resource: resourceOf(asked, resource) };
  } catch {
    // The beginning of what was too long to ask about.
  }
  throw new DoterosError("unreadable-input", `a policy was not asked about ${operation} ${resource.slice(0, 80)}`, { where });
}
