import { SourceMap } from "node:module";
import { relative, resolve } from "node:path";

/** For each line of a module, counted from 1 as engines do, the author's file and line; null for those of others. */
export type Places = readonly (string | null)[];

/**
 * The places that the lines of a module come from. Lines of packages and of the SDK have none.
 *
 * @param map a source map, as JSON
 * @param folder what the file names are relative to
 */
export function placesOf(code: string, map: string, folder: string): Places {
  const source = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]);
  return [null, ...code.split("\n").map((line, at) => placeAt(source, at, line, folder))];
}

/** The module with the list of its places behind it, so that an error in a running capsule names its author's lines. */
export function withPlaces(code: string, places: Places): string {
  return `${code}\nglobalThis.doterosPlaces = ${JSON.stringify(places)};\n`;
}

/** The first line of a stack that is the author's own. */
export function firstPlace(stack: string, places: Places): string | undefined {
  for (const [, line] of stack.matchAll(/:(\d+):\d+\)?$/gmu)) {
    const place = places[Number(line)];
    if (typeof place === "string") return place;
  }
  return undefined;
}

function placeAt(source: SourceMap, line: number, text: string, folder: string): string | null {
  const entry = source.findEntry(line, text.search(/\S|$/u));
  if (!("originalSource" in entry) || entry.generatedLine !== line) return null;
  // rolldown names sources from the folder that it would write to.
  const path = relative(folder, resolve("dist", entry.originalSource)).replaceAll("\\", "/");
  return path.startsWith("..") || path.includes("node_modules/") ? null : `${path}:${entry.originalLine + 1}`;
}
