import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import { readBytes, unreadable } from "../file.ts";

/** WIT is written by people; a file of this many bytes is a mistake. */
const WIT_BYTES_MAX = 1_048_576;
const PACKAGE = /^[ \t]*package[ \t]+([^;{\s]+)[ \t]*;/mu;

/** A file within a text that is put together from several. */
export interface WitPart {
  readonly path: string;
  /** Where its text starts. */
  readonly start: number;
  readonly end: number;
}

/** WIT as one text, and where its parts come from. */
export interface WitText {
  readonly text: string;
  readonly parts: readonly WitPart[];
}

/** WIT that is at hand as one text. */
export function plainWit(text: string, path = "world.wit"): WitText {
  return { text, parts: [{ path, start: 0, end: text.length }] };
}

/**
 * A folder of WIT as one text: the package of the folder first, then those under `deps/` as blocks. A package may be spread
 * over several files, and a dependency may be a file or a folder.
 *
 * @throws DoterosError `unreadable-input` when there is nothing to read, or a package has no name
 */
export async function witText(folder: string): Promise<WitText> {
  const own = await filesIn(folder);
  if (own.length === 0) {
    throw new DoterosError("unreadable-input", "the folder holds no WIT", {
      where: folder,
      help: "name the folder with the .wit files: --wit wit",
    });
  }
  const parts: WitPart[] = [];
  let text = "";
  const add = (path: string, content: string): void => {
    const start = text.length;
    text += `${content}\n`;
    parts.push({ path, start, end: text.length });
  };
  const first = namedFile(own, folder);
  add(first.path, first.text);
  for (const file of own) if (file !== first) add(file.path, withoutPackage(file));
  for (const { path, files } of await dependencies(join(folder, "deps"))) {
    const name = PACKAGE.exec(namedFile(files, path).text)?.[1] ?? "";
    text += `package ${name} {\n`;
    for (const file of files) add(file.path, withoutPackage(file));
    text += "}\n";
  }
  return { text, parts };
}

/** An offset in the text as `file:line:column`, both counted from 1; undefined where no file is. */
export function placeIn({ text, parts }: WitText, offset: number): string | undefined {
  const part = parts.find(({ start, end }) => offset >= start && offset < end);
  if (part === undefined) return undefined;
  const before = text.slice(part.start, offset).split("\n");
  return `${part.path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

interface WitFile {
  readonly path: string;
  readonly text: string;
}

/** A file without its package statement, every place in which keeps its line and column. */
function withoutPackage({ text }: WitFile): string {
  return text.replace(PACKAGE, (found) => " ".repeat(found.length));
}

/** The first file that says which package it is of. */
function namedFile(files: readonly WitFile[], where: string): WitFile {
  const found = files.find(({ text }) => PACKAGE.test(text));
  if (found !== undefined) return found;
  throw new DoterosError("unreadable-input", "the WIT does not say which package it is", {
    where,
    help: "begin a file with a line such as: package example:greeter@1.0.0;",
  });
}

interface Dependency {
  readonly path: string;
  readonly files: readonly WitFile[];
}

async function dependencies(folder: string): Promise<Dependency[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: Dependency[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.endsWith(".wit")) found.push({ path, files: [await fileAt(path)] });
    else if (entry.isDirectory()) found.push({ path, files: await filesIn(path) });
  }
  return found.filter(({ files }) => files.length > 0);
}

async function filesIn(folder: string): Promise<WitFile[]> {
  const names = await readdir(folder).catch(async (error: unknown) => {
    throw await unreadable(folder, "the folder of WIT", error);
  });
  return Promise.all(names.filter((name) => name.endsWith(".wit")).sort().map((name) => fileAt(join(folder, name))));
}

async function fileAt(path: string): Promise<WitFile> {
  return { path, text: new TextDecoder().decode(await readBytes(path, "the WIT", WIT_BYTES_MAX)) };
}
