import { readlinkSync } from "node:fs";
import { isAbsolute } from "node:path";
import { codeOf, SystemFailure } from "./failure.ts";
import type { Hold } from "./hold.ts";

/** Links that are followed on the way along one path: as many as Linux follows. */
const LINKS_MAX = 40;
/** A path, in bytes. What Linux takes. */
const PATH_BYTES_MAX = 4_096;
const SEPARATOR = process.platform === "win32" ? /[\\/]/ : "/";

/** Where a path led. */
export interface Found {
  /** The directory that has the name, to be closed. */
  readonly hold: Hold;
  /** The names on the way to that directory. */
  readonly names: readonly string[];
  /** Undefined for the directory itself. */
  readonly name: string | undefined;
  /** Whether the path says that it is a directory. */
  readonly isDirectory: boolean;
}

/**
 * Follows a path from a directory on, name by name, and never to what is not in it: `..` goes back along the names, and links
 * are followed here and not by the system.
 *
 * @throws EPERM for a path that leads out, ELOOP, ENOTDIR, ENOENT, ENAMETOOLONG, EINVAL
 */
export function walk(root: Hold, path: string, follow: boolean): Found {
  const walker = new Walker(root, path, follow);
  try {
    return walker.walk();
  } catch (error) {
    walker.end();
    throw error;
  }
}

class Walker {
  readonly #root: Hold;
  readonly #follow: boolean;
  #hold: Hold;
  #names: string[] = [];
  /** What is still to be followed. */
  #ahead: string[];
  #links = 0;

  constructor(root: Hold, path: string, follow: boolean) {
    this.#root = root;
    this.#hold = root;
    this.#follow = follow;
    this.#ahead = split(path);
  }

  walk(): Found {
    for (;;) {
      const name = this.#ahead.shift();
      if (name === undefined) return this.#found(undefined, true);
      if (name === "" || name === ".") continue;
      if (name === "..") this.#back();
      else if (this.#ahead.every((rest) => rest === "" || rest === ".")) {
        const isDirectory = this.#ahead.length > 0;
        const target = this.#follow ? this.#linkAt(name) : undefined;
        if (target === undefined) return this.#found(name, isDirectory);
        this.#detour(target);
      } else this.#enter(name);
    }
  }

  /** Closes what it came to. */
  end(): void {
    if (this.#hold !== this.#root) this.#hold.close();
    this.#hold = this.#root;
  }

  #found(name: string | undefined, isDirectory: boolean): Found {
    // What is found is closed, and the root stays.
    const hold = this.#hold === this.#root ? this.#root.enter(".") : this.#hold;
    return { hold, names: this.#names, name, isDirectory };
  }

  #enter(name: string): void {
    let next: Hold;
    try {
      next = this.#hold.enter(name);
    } catch (error) {
      const code = codeOf(error);
      const target = code === "ENOTDIR" || code === "ELOOP" ? this.#linkAt(name) : undefined;
      if (target === undefined) throw error;
      return this.#detour(target);
    }
    this.end();
    this.#hold = next;
    this.#names.push(name);
  }

  /** Goes back by going again. */
  #back(): void {
    if (this.#names.length === 0) throw leadsOut();
    const names = this.#names.slice(0, -1);
    this.end();
    this.#names = [];
    for (const name of names) {
      const next = this.#hold.enter(name);
      this.end();
      this.#hold = next;
      this.#names.push(name);
    }
  }

  /** What a link says; undefined where there is none. */
  #linkAt(name: string): string | undefined {
    try {
      return readlinkSync(this.#hold.path(name));
    } catch (error) {
      const code = codeOf(error);
      if (code === "EINVAL" || code === "ENOENT" || code === "UNKNOWN") return undefined;
      throw error;
    }
  }

  #detour(target: string): void {
    this.#links += 1;
    if (this.#links > LINKS_MAX) throw new SystemFailure("ELOOP", "too many links");
    this.#ahead = [...split(target), ...this.#ahead];
  }
}

function split(path: string): string[] {
  if (path === "") throw new SystemFailure("ENOENT", "the path is empty");
  if (path.includes("\0")) throw new SystemFailure("EINVAL", "the path has a NUL in it");
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) throw new SystemFailure("ENAMETOOLONG", "the path is too long");
  if (path.startsWith("/") || isAbsolute(path)) throw leadsOut();
  const names = path.split(SEPARATOR);
  // Windows knows drives and streams by it.
  if (process.platform === "win32" && names.some((name) => name.includes(":"))) throw leadsOut();
  return names;
}

function leadsOut(): SystemFailure {
  return new SystemFailure("EPERM", "the path leads out of the folder");
}
