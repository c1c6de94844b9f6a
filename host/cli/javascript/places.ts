import { SourceMap } from "node:module";
import { relative, resolve } from "node:path";

/**
 * The code with a list behind it: for each of its lines, the author's file and line, so that an error in a capsule names
 * those. Lines of packages and of the SDK have none.
 *
 * @param folder what the file names are relative to
 */
export function withPlaces(code: string, map: string, folder: string): string {
  const source = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]);
  const places = code.split("\n").map((line, at) => placeAt(source, at, line, folder));
  // The engine counts lines from 1.
  return `${code}\nglobalThis.doterosPlaces = ${JSON.stringify([null, ...places])};\n`;
}

function placeAt(source: SourceMap, line: number, text: string, folder: string): string | null {
  const entry = source.findEntry(line, text.search(/\S|$/u));
  if (!("originalSource" in entry) || entry.generatedLine !== line) return null;
  // rolldown names sources from the folder that it would write to.
  const path = relative(folder, resolve("dist", entry.originalSource)).replaceAll("\\", "/");
  return path.startsWith("..") || path.includes("node_modules/") ? null : `${path}:${entry.originalLine + 1}`;
}
