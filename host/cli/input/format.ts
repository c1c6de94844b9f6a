import { extname } from "node:path";
import { readCsv } from "./csv.ts";
import { readJson } from "./json.ts";
import { readNdjson } from "./ndjson.ts";
import { objectRow } from "./object-row.ts";
import type { ReadRows } from "./row.ts";

/** The formats an input may have, each with what reads it. */
export const READERS = { csv: readCsv, ndjson: readNdjson, json: readJson } as const satisfies Record<string, ReadRows>;

/** The name of an input format. */
export type Format = keyof typeof READERS;

const EXTENSIONS: Readonly<Record<string, Format>> = {
  ".csv": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".json": "json",
};

/** How many bytes of an input are looked at, at most, to tell its format. */
const SNIFF_BYTES_MAX = 65_536;

/** The format that a file's name tells, if it tells one. */
export function formatOfName(path: string): Format | undefined {
  return EXTENSIONS[extname(path).toLowerCase()];
}

/**
 * Tells the format from how the input begins: an array is JSON, an object that ends on its line NDJSON, another object
 * JSON, and everything else CSV. Answers with the input, whole again.
 */
export async function sniffFormat(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly format: Format; readonly chunks: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let text = "";
  let done = false;
  while (!done && text.length < SNIFF_BYTES_MAX && !/\S[^\n]*\n/.test(text)) {
    const next = await iterator.next();
    if (next.done === true) done = true;
    else {
      seen.push(next.value);
      text = Buffer.concat(seen).toString("utf8").replace(/^\uFEFF/, "");
    }
  }
  return { format: formatOfText(text), chunks: again(seen, iterator) };
}

function formatOfText(text: string): Format {
  const [line = ""] = text.trimStart().split("\n", 1);
  if (line.startsWith("[")) return "json";
  if (!line.startsWith("{")) return line === "" ? "ndjson" : "csv";
  return objectRow(line.trim(), 1).problem === undefined ? "ndjson" : "json";
}

async function* again(seen: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* seen;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
