import { DoterosError } from "../../contract/error.ts";
import type { PolicySource } from "../../contract/policy.ts";
import { toJsonText } from "../../policy/rego/value/text.ts";
import type { Fields, Value } from "../../policy/rego/value/value.ts";
import type { Arguments } from "../arguments.ts";
import { withSource, wholeNumber } from "../ledger/source.ts";
import { readPolicy } from "../policy-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { decisionsIn } from "./entry-decision.ts";
import { explain as explanationOf, type Answer, type Explanation } from "./explanation.ts";
import { decisionIn } from "./log-decision.ts";
import type { RecordedDecision, Verdict } from "./recorded-decision.ts";

/** `policy explain`: how a policy comes to a decision that was recorded, and whether it still does. */
export async function explain([which, ...more]: readonly string[], given: Arguments, screen: Screen): Promise<number> {
  if (which === undefined || more.length > 0) {
    throw usage("policy explain takes one decision: its id or its line in a decision log, or the index of an entry", "doteros-wasm policy explain 17 --decisions decisions.ndjson --policy FILE.rego");
  }
  const files = given.texts("policy");
  if (files.length === 0) throw usage("policy explain needs the policy to ask", "add --policy FILE.rego, and --data FILE.json if it has data");
  const source: PolicySource = await readPolicy(files, given.text("data"));
  const explanations = (await recorded(which, given)).map((decision) => explanationOf(source, decision));
  for (const explanation of explanations) screen.print(given.has("json") ? printable(jsonOf(explanation)) : textOf(explanation));
  return explanations.every(({ isSame }) => isSame !== false) ? 0 : 1;
}

async function recorded(which: string, given: Arguments): Promise<readonly RecordedDecision[]> {
  const log = given.text("decisions");
  if (log === undefined) return withSource(given, (source, place) => decisionsIn(source, wholeNumber("the index of an entry", which), place));
  if (!given.has("store") && !given.has("file")) return [await decisionIn(log, which)];
  throw usage("a decision is in a decision log or in a ledger, and both are given", "leave out --decisions, or --store and --file");
}

function jsonOf({ recorded: { where, input, verdict, policy: then }, now, policy, isSame, answers, notes }: Explanation): string {
  const told = (one: Verdict | undefined, digest: string | undefined): Fields =>
    defined({ allowed: one && one.refusal === undefined, refusal: one?.refusal, policy: digest });
  const asked = answers.map(({ query, value, failure, reads, readsOutside }) => ({ query, ...defined({ value, failure }), reads, readsOutside }));
  const head = { type: "explanation", where, input: input as unknown as Value, recorded: told(verdict, then), now: told(now, policy) };
  return toJsonText({ ...head, ...defined({ same: isSame }), asked, notes });
}

function defined(fields: Readonly<Record<string, Value | undefined>>): Fields {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function textOf({ recorded: { where, input, verdict, policy: then }, now, policy, isSame, answers, notes }: Explanation): string {
  const { capsule, operation, resource } = input;
  const rows = [
    ["asked", `${operation} ${toJsonText(resource)} by ${capsule.name} ${capsule.version}`],
    ["recorded", verdict === undefined ? "masks hid it" : verdictText(verdict)],
    ["now", `${verdictText(now)}${isSame === undefined ? "" : isSame ? ", as it was recorded" : ": it comes out otherwise"}`],
    ["policy", policyText(then, policy)],
    ...answers.map(answerRow),
    ...notes.map((note) => ["note", note]),
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return [where, ...rows.map(([name = "", text = ""]) => `  ${name.padEnd(width)}  ${text}`)].map(printable).join("\n");
}

function verdictText({ refusal }: Verdict): string {
  return refusal === undefined ? "allowed" : `denied: ${refusal}`;
}

function policyText(then: string | undefined, now: string): string {
  if (then === undefined) return `sha-256 ${now}; which one it was then is not recorded`;
  return then === now ? `sha-256 ${now}, the one of then` : `sha-256 ${now}; it was another one then, ${then}`;
}

function answerRow({ query, value, failure, reads, readsOutside }: Answer): string[] {
  const answer = value === undefined ? "has no value" : toJsonText(value);
  const from = [...reads, ...(readsOutside ? ["the time or chance"] : [])];
  const read = from.length === 0 ? "and reads nothing" : `from ${from.join(", ")}`;
  return [query, failure === undefined ? `${answer}, ${read}` : `fails: ${failure}`];
}

function usage(message: string, help: string): DoterosError {
  return new DoterosError("usage", message, { help });
}
