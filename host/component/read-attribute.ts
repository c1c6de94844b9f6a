import type { ByteReader } from "../wasm/reader.ts";
import { parseName, versionProblem } from "./name.ts";
import { invalid } from "./scope.ts";

/** Reads the attributes of a name. @returns the interface that an instance with a plain name implements */
export function readAttributes(reader: ByteReader, name: string): string | undefined {
  const seen = new Map<number, string>();
  const read = (): void => {
    const start = reader.position;
    const kind = reader.choice(3, "attribute of a name");
    if (seen.has(kind)) invalid(`the name \`${name}\` has the same attribute twice`, start);
    const text = reader.name();
    seen.set(kind, text);
    if (kind === 0) checkImplements(text, start);
    if (kind === 1) checkSuffix(name, text, start);
  };
  reader.vector("attributes of a name", read, 3);
  return seen.get(0);
}

function checkImplements(text: string, offset: number): void {
  const parsed = parseName(text);
  if (typeof parsed === "string" || parsed.kind !== "interface") {
    invalid(`\`${text}\` must be an interface name${typeof parsed === "string" ? `: ${parsed}` : ""}`, offset);
  }
}

function checkSuffix(name: string, suffix: string, offset: number): void {
  const problem = versionProblem(name.slice(name.indexOf("@") + 1) + suffix);
  if (!name.includes("@") || problem !== undefined) invalid(`the version suffix \`${suffix}\` does not fit \`${name}\``, offset);
}
