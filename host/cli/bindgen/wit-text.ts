import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import { readBytes, unreadable } from "../file.ts";

/** WIT is written by people; a file of this many bytes is a mistake. */
const WIT_BYTES_MAX = 1_048_576;
const PACKAGE = /^[ \t]*package[ \t]+([^;{\s]+)[ \t]*;/mu;

/**
 * A folder of WIT as one text: the package of the folder first, then those under `deps/` as blocks. A package may be spread
 * over several files, and a dependency may be a file or a folder.
 *
 * @throws DoterosError `unreadable-input` when there is nothing to read, or a package has no name
 */
export async function witText(folder: string): Promise<string> {
  const own = await textsIn(folder);
  if (own.length === 0) {
    throw new DoterosError("unreadable-input", "the folder holds no WIT", {
      where: folder,
      help: "name the folder with the .wit files: --wit wit",
    });
  }
  const name = packageOf(own, folder);
  const nested: string[] = [];
  for (const { path, texts } of await dependencies(join(folder, "deps"))) {
    const bare = texts.map((text) => text.replace(PACKAGE, ""));
    nested.push(`package ${packageOf(texts, path)} {\n${bare.join("\n")}\n}`);
  }
  return [`package ${name};`, ...own.map((text) => text.replace(PACKAGE, "")), ...nested].join("\n");
}

function packageOf(texts: readonly string[], where: string): string {
  for (const text of texts) {
    const name = PACKAGE.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  throw new DoterosError("unreadable-input", "the WIT does not say which package it is", {
    where,
    help: "begin a file with a line such as: package example:greeter@1.0.0;",
  });
}

interface Dependency {
  readonly path: string;
  readonly texts: readonly string[];
}

async function dependencies(folder: string): Promise<Dependency[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: Dependency[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.endsWith(".wit")) found.push({ path, texts: [await textOf(path)] });
    else if (entry.isDirectory()) found.push({ path, texts: await textsIn(path) });
  }
  return found.filter(({ texts }) => texts.length > 0);
}

async function textsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(async (error: unknown) => {
    throw await unreadable(folder, "the folder of WIT", error);
  });
  return Promise.all(names.filter((name) => name.endsWith(".wit")).sort().map((name) => textOf(join(folder, name))));
}

async function textOf(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path, "the WIT", WIT_BYTES_MAX));
}
