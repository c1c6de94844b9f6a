import type { DecisionEvent } from "../../contract/decision.ts";
import { DoterosError } from "../../contract/error.ts";
import type { PolicyInput } from "../../contract/policy.ts";
import { refusalOf } from "../../policy/rego-policy.ts";
import { parseJson } from "../../policy/rego/value/json.ts";
import type { Value } from "../../policy/rego/value/value.ts";
import { openFile } from "../file.ts";
import { splitRecords } from "../input/record.ts";
import type { RecordedDecision, Verdict } from "./recorded-decision.ts";

/**
 * A decision in a decision log.
 *
 * @param which its `decision_id`, or the number of its line, from 1
 * @throws DoterosError `unreadable-input` when it is not there, or was masked too much; `invalid-json`
 */
export async function decisionIn(file: string, which: string): Promise<RecordedDecision> {
  const line = /^\d+$/.test(which) ? Number(which) : undefined;
  let unreadable = 0;
  for await (const records of splitRecords((await openFile(file, "the decision log")).createReadStream(), { quotes: false })) {
    for (const record of records) {
      if (line !== undefined && record.line !== line) continue;
      const event = record.problem === undefined ? eventOf(record.text) : undefined;
      if (line !== undefined && event === undefined) throw new DoterosError("invalid-json", "the line is no decision", { where: `${file}:${line}` });
      if (event === undefined) unreadable += 1;
      else if (line !== undefined || event.decision_id === which) return decisionOf(event, `${file}:${record.line}`);
    }
  }
  const others = unreadable === 0 ? "" : `; ${unreadable} lines of it are no decisions`;
  throw new DoterosError("unreadable-input", `the decision log has no decision ${JSON.stringify(which)}${others}`, {
    where: file,
    help: "a decision is named by its decision_id, or by the number of its line",
  });
}

/** The event on a line, when there is one. */
function eventOf(text: string): DecisionEvent | undefined {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  return isRecord(value) && typeof value["decision_id"] === "string" ? (value as unknown as DecisionEvent) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decisionOf(event: DecisionEvent, where: string): RecordedDecision {
  const { input, erased, masked } = event;
  if (!isInput(input)) {
    const hidden = [...listOf(erased), ...listOf(masked)];
    const why = hidden.length > 0 ? `masks hid ${hidden.join(", ")}` : "it is no input of this host";
    throw new DoterosError("unreadable-input", `what was decided about is not there: ${why}`, { where, help: "only a decision with its input can be explained" });
  }
  const changed = [...listOf(erased), ...listOf(masked)].filter((pointer) => pointer.startsWith("/input"));
  const notes = changed.length === 0 ? [] : [`masks hid ${changed.join(", ")}: a rule that reads that comes to something else now`];
  const { time } = input.context as { time?: unknown };
  return { where, input, verdict: verdictOf(event, input), policy: revisionOf(event), isTimeKnown: typeof time === "bigint" || Number.isSafeInteger(time), notes };
}

/** A line may hold anything. */
function listOf(pointers: unknown): readonly string[] {
  return Array.isArray(pointers) ? pointers.filter((one) => typeof one === "string") : [];
}

function isInput(input: unknown): input is PolicyInput {
  if (!isRecord(input)) return false;
  const { capsule, operation, resource, context } = input;
  return isRecord(capsule) && typeof operation === "string" && isRecord(resource) && isRecord(context);
}

function verdictOf(event: DecisionEvent, input: PolicyInput): Verdict | undefined {
  const { erased, masked } = event;
  const { result, error }: { readonly result?: unknown; readonly error?: unknown } = event;
  if ([...listOf(erased), ...listOf(masked)].some((pointer) => pointer.startsWith("/result"))) return undefined;
  if (isRecord(error)) return { refusal: String(error["message"]) };
  if (!isRecord(result)) return undefined;
  return { refusal: refusalOf(input, result["deny"] as Value | undefined, result["allow"] as Value | undefined) };
}

function revisionOf({ bundles }: DecisionEvent): string | undefined {
  const policy: unknown = isRecord(bundles) ? (bundles as { policy?: unknown }).policy : undefined;
  const revision = isRecord(policy) ? policy["revision"] : undefined;
  return typeof revision === "string" ? revision : undefined;
}
