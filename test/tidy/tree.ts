import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The project as the rules see it: path from the root (with `/`) to text. A file that is not text has an empty one. */
export type Tree = ReadonlyMap<string, string>;

/** Reads every file below `root` that .gitignore does not name. Asks no git, so that it also works where there is none. */
export function readTree(root: string): Tree {
  const ignored = readIgnored(root);
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === ".git" || ignored(entry.name, entry.isDirectory())) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) tree.set(path, textOf(readFileSync(join(root, path))));
    }
  };
  walk("");
  return tree;
}

function textOf(bytes: Buffer): string {
  return bytes.includes(0) ? "" : bytes.toString("utf8");
}

/** .gitignore holds two forms here, `folder/` and `*.ending`; a third would be silently misread, so it is refused. */
function readIgnored(root: string): (name: string, isFolder: boolean) => boolean {
  const folders = new Set<string>();
  const endings: string[] = [];
  for (const line of readFileSync(join(root, ".gitignore"), "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    if (/^[\w.-]+\/$/.test(line)) folders.add(line.slice(0, -1));
    else if (/^\*\.[\w.]+$/.test(line)) endings.push(line.slice(1));
    else throw new Error(`.gitignore: tidy reads only "folder/" and "*.ending", not "${line}"`);
  }
  return (name, isFolder) => (isFolder ? folders.has(name) : endings.some((ending) => name.endsWith(ending)));
}
