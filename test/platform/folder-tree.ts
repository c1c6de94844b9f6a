import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenDirectory } from "../../host/contract/folder.ts";
import { FolderDirectory } from "../../host/platform/node/outside/directory.ts";
import { type Hold, holdByPath, holdDirectory } from "../../host/platform/node/outside/hold.ts";
import { OpenThings } from "../../host/platform/node/outside/open-things.ts";

/** What files outside of the folder hold: it must never be seen. */
export const SECRET = "secret";

/** A folder of its own, with a secret beside it. */
export class Tree {
  /** What has everything in it. */
  readonly top = mkdtempSync(join(tmpdir(), "doteros-folder-"));
  /** What was granted. */
  readonly root = join(this.top, "granted");
  readonly #open: { close(): void }[] = [];

  constructor() {
    mkdirSync(join(this.root, "a", "b"), { recursive: true });
    mkdirSync(join(this.top, "beside", "b"), { recursive: true });
    writeFileSync(join(this.root, "file"), "inside");
    writeFileSync(join(this.root, "a", "file"), "inside");
    writeFileSync(join(this.top, "file"), SECRET);
    writeFileSync(join(this.top, "beside", "file"), SECRET);
    writeFileSync(join(this.top, "beside", "b", "file"), SECRET);
  }

  link(name: string, target: string): void {
    symlinkSync(target, join(this.root, name));
  }

  /** The folder as capsules have it; `by` says how directories are held on to. */
  open(by: "descriptor" | "path" = "descriptor", most = 64): OpenDirectory {
    const hold: Hold = by === "path" ? holdByPath(this.root) : holdDirectory(this.root);
    const open = new OpenThings(most);
    this.#open.push({ close: () => open.closeAll() });
    return new FolderDirectory(hold, open);
  }

  /** All that is outside of the folder, as text. */
  outside(): string {
    return this.#listed(this.top, (path) => path !== this.root).join("\n");
  }

  end(): void {
    for (const thing of this.#open) thing.close();
    rmSync(this.top, { recursive: true, force: true });
  }

  #listed(folder: string, isWanted: (path: string) => boolean): string[] {
    const listed: string[] = [];
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!isWanted(path)) continue;
      const { mtimeMs, nlink } = lstatSync(path);
      if (entry.isDirectory()) listed.push(path, ...this.#listed(path, isWanted));
      else listed.push(`${path} ${entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, "utf8")} ${mtimeMs} ${nlink}`);
    }
    return listed;
  }
}

/** How a file is opened to be read, with what is different. */
export const reading = { read: true, write: false, create: false, exclusive: false, truncate: false, directory: false };
