import { closeSync, constants, lstatSync, openSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { SystemFailure } from "./failure.ts";

// Node has no functions that take a directory and a name in it. On Linux the directory can be named by its descriptor, so that
// no name that is looked up there passes through anything that could have become a link meanwhile.

/** A directory that is held on to. */
export interface Hold {
  /** The path to a name in it, which is no path itself; without one, to the directory. */
  path(name?: string): string;
  /** Holds a directory in it. @throws ENOTDIR, ELOOP for what is none; a link to one is none */
  enter(name: string): Hold;
  close(): void;
}

/** Only a place in the tree: nothing is read. Linux has it, and Node no name for it. */
const O_PATH = 0o10_000_000;
const DESCRIPTORS = "/proc/self/fd";

/** Holds a directory. @throws what opening it throws; ENOTDIR when it is none */
export function holdDirectory(path: string): Hold {
  const real = realpathSync(path);
  if (!statSync(real).isDirectory()) throw new SystemFailure("ENOTDIR", `${path} is no folder`);
  return hasDescriptorPaths() ? DescriptorHold.open(real) : new PathHold(real);
}

let known: boolean | undefined;

/** Whether directories can be named by their descriptors. */
function hasDescriptorPaths(): boolean {
  known ??= process.platform === "linux" && probe();
  return known;
}

function probe(): boolean {
  try {
    const hold = DescriptorHold.open("/");
    try {
      return statSync(hold.path()).ino === statSync("/").ino;
    } finally {
      hold.close();
    }
  } catch {
    return false;
  }
}

class DescriptorHold implements Hold {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  static open(path: string): DescriptorHold {
    return new DescriptorHold(openSync(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW));
  }

  path(name = "."): string {
    return `${DESCRIPTORS}/${this.#descriptor}/${name}`;
  }

  enter(name: string): Hold {
    return DescriptorHold.open(this.path(name));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/**
 * Where there are no such names: the path of the directory, which is looked at again before each use. What changes between the
 * look and the use is not seen: that takes someone else at work in the same folder at the same moment.
 */
class PathHold implements Hold {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  path(name = "."): string {
    if (realpathSync(this.#path) !== this.#path) throw new SystemFailure("ENOENT", "the directory is no longer where it was");
    return name === "." ? this.#path : join(this.#path, name);
  }

  enter(name: string): Hold {
    const path = this.path(name);
    if (!lstatSync(path).isDirectory()) throw new SystemFailure("ENOTDIR", "it is no directory");
    return new PathHold(path);
  }

  close(): void {
    // Nothing is open.
  }
}

/** For tests: a hold as it is where directories have no other names than their paths. */
export function holdByPath(path: string): Hold {
  return new PathHold(realpathSync(path));
}

