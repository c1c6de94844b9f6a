import { open, rename, rm } from "node:fs/promises";
import { DoterosError } from "../../contract/error.ts";
import { writeExport } from "../../ledger/export-writer.ts";
import { partOf } from "../../ledger/part.ts";
import type { Arguments } from "../arguments.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { hashing, wholeNumber, withSource } from "./source.ts";

/** `ledger export`: the ledger, or its end, in a file of its own, which is there when it is whole. */
export async function exportLedger(given: Arguments, screen: Screen): Promise<number> {
  const out = given.text("out");
  if (out === undefined) throw new DoterosError("usage", "export needs the file to write", { help: "--out ledger.dwl names it" });
  const since = given.text("since");
  const from = since === undefined ? undefined : wholeNumber("--since", since);
  await withSource(given, async (source) => {
    const start = from ?? source.start;
    if (start < source.start || start > source.size) {
      throw new DoterosError("usage", `--since cannot be ${start}`, { help: `the ledger has the entries from ${source.start} to ${source.size - 1}` });
    }
    const bytes = await write(out, writeExport(start === source.start ? source : await partOf(source, start), hashing));
    const report = { type: "exported", file: out, bytes, start, size: source.size };
    screen.print(given.has("json") ? printable(JSON.stringify(report)) : printable(`${out}  ${bytes.toLocaleString("en")} bytes, entries ${start} to ${source.size - 1}`));
  });
  return 0;
}

/** Writes beside the file, and puts what is whole in its place. */
async function write(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const draft = `${file}.part`;
  try {
    const handle = await open(draft, "w").catch(refused(file));
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        await handle.writeFile(chunk).catch(refused(file));
        bytes += chunk.length;
      }
      await handle.sync().catch(refused(file));
    } finally {
      await handle.close();
    }
    await rename(draft, file).catch(refused(file));
    return bytes;
  } finally {
    await rm(draft, { force: true });
  }
}

function refused(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new DoterosError("unwritable-output", `the ledger cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { where: file, cause });
  };
}
