import { writeFile } from "node:fs/promises";
import { DoterosError } from "../../contract/error.ts";
import { PROOF_BYTES_MAX } from "../../contract/limits.ts";
import { hexOf } from "../../ledger/key.ts";
import { checkProof, proveConsistency, proveEntry, type Proven } from "../../ledger/proof.ts";
import type { Arguments } from "../arguments.ts";
import { errorAt } from "../error-text.ts";
import { readBytes } from "../file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { entryJson, entryText } from "./entry-text.ts";
import { hashing, trustedKey, wholeNumber, withSource } from "./source.ts";

/** `ledger prove`: the proof of an entry, or that nothing was changed since. */
export async function prove(given: Arguments, screen: Screen): Promise<number> {
  const [, index, ...more] = given.positionals;
  const from = given.text("from");
  if ((index === undefined) === (from === undefined) || more.length > 0) {
    throw new DoterosError("usage", "prove takes the index of an entry, or --from and how many entries there were", {
      help: "doteros-wasm ledger prove 17 --file ledger.dwl",
    });
  }
  const number = index === undefined ? wholeNumber("--from", from ?? "") : wholeNumber("the index", index);
  const proof = await withSource(given, async (source) => {
    return index === undefined ? proveConsistency(source, hashing.sha256, number) : proveEntry(source, hashing.sha256, number);
  });
  const out = given.text("out");
  if (out === undefined) screen.print(proof);
  else await writeProof(out, proof);
  return 0;
}

/** `ledger check`: whether a proof holds, and what it proves. */
export async function check(given: Arguments, screen: Screen): Promise<number> {
  const [, file, ...more] = given.positionals;
  if (file === undefined || more.length > 0) throw new DoterosError("usage", "check takes the file of a proof", { help: "doteros-wasm ledger check proof.json" });
  const trusted = trustedKey(given);
  const text = Buffer.from(await readBytes(file, "the proof", PROOF_BYTES_MAX)).toString("utf8");
  try {
    const proven = checkProof(text, hashing.sha256, trusted);
    screen.print(given.has("json") ? jsonOf(file, proven) : textOf(proven, trusted !== undefined));
    return 0;
  } catch (error) {
    throw error instanceof DoterosError ? errorAt(error, file) : error;
  }
}

function jsonOf(file: string, proven: Proven): string {
  const { kind, checkpoint, key } = proven;
  const head = { type: "proof", file, ok: true, kind, origin: checkpoint.origin, size: checkpoint.size, root: hexOf(checkpoint.root), key: key.text };
  if (proven.kind === "inclusion") {
    const text = JSON.stringify({ ...head, index: proven.index });
    return printable(`${text.slice(0, -1)},"entry":${entryJson(proven.index, proven.entry)}}`);
  }
  return printable(JSON.stringify({ ...head, from: { size: proven.from.size, root: hexOf(proven.from.root), signed: proven.fromSigned } }));
}

function textOf(proven: Proven, isTrusted: boolean): string {
  const { checkpoint, key } = proven;
  const ledger = `the ledger ${checkpoint.origin} of ${checkpoint.size} entries`;
  const lines = proven.kind === "inclusion" ? [`entry ${proven.index} is in ${ledger}`, entryText(proven.index, proven.entry)] : consistencyLines(proven, ledger);
  const owner = isTrusted ? "" : ", the proof's own: compare it, or give the one that you trust with --key";
  return [...lines, `signed with ${key.text}${owner}`].map(printable).join("\n");
}

function consistencyLines({ from, fromSigned }: Extract<Proven, { kind: "consistency" }>, ledger: string): string[] {
  const vouched = fromSigned ? "a checkpoint in the proof vouches for it" : "compare it with the one that you have";
  return [`${ledger} begins with what it was at ${from.size} entries`, `their root was ${hexOf(from.root)}: ${vouched}`];
}

async function writeProof(file: string, proof: string): Promise<void> {
  try {
    await writeFile(file, `${proof}\n`);
  } catch (cause) {
    throw new DoterosError("unwritable-output", `the proof cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { where: file, cause });
  }
}
