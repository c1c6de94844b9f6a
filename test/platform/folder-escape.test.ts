import { lstatSync, statSync } from "node:fs";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type { OpenDirectory, Place } from "../../host/contract/folder.ts";
import { Random } from "../component/random.ts";
import { reading, SECRET, Tree } from "./folder-tree.ts";

const HOLDS = process.platform === "linux" ? (["descriptor", "path"] as const) : (["path"] as const);
const TREES = 30;
const PATHS = 100;
const TIMEOUT = 60_000;

const NAMES = ["a", "b", "file", "one", "two", "three", "..", "..", ".", "", "granted", "beside", "a\\..\\..", "ä", "x".repeat(300), "nul\0"];
const TARGETS = [".", "..", "../..", "a", "a/b", "a/..", "../granted", "../granted/a", "../beside", "../../../../../../../../etc", "/", "/etc", "one", "two", "two/../..", "nowhere", "file", "../file", "a/../../beside/b/", "./a/./b/../b"];

const pathOf = (random: Random): string => Array.from({ length: 1 + random.below(6) }, () => random.pick(NAMES)).join("/");

/** What comes of looking: what was found, by its number, or the code of what is wrong. */
interface Looked {
  readonly code?: string;
  readonly number?: bigint;
  readonly path?: string;
}

function lookAt(folder: OpenDirectory, path: string, follow: boolean): Looked {
  let place: Place | undefined;
  try {
    place = folder.find(path, follow);
    return { number: place.stat().number, path: place.path };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? "none" };
  } finally {
    place?.close();
  }
}

/** What the system says of the same path, wherever that leads. */
function systemSays(root: string, path: string, follow: boolean): Looked {
  try {
    return { number: (follow ? statSync : lstatSync)(`${root}/${path}`, { bigint: true }).ino };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? "none" };
  }
}

/** What is wrong with what was found, beside what the system says. */
function faultOf(found: Looked, system: Looked, inside: ReadonlySet<bigint>, { path, follow }: { readonly path: string; readonly follow: boolean }): string | undefined {
  // A path that ends in a slash is followed by the system, whatever was asked for.
  const isAlike = follow || !/\/\.?$/.test(path);
  if (found.number !== undefined) {
    if (!inside.has(found.number)) return `it leads out, to ${found.path}`;
    return isAlike && system.number !== found.number ? "the system finds something else" : undefined;
  }
  // The system knows nothing of the folder's end, and Node nothing of a path with a NUL. To join nothing is to add a slash.
  const isComparable = isAlike && found.code !== "EPERM" && path !== "" && !path.includes("\0");
  return isComparable && system.code !== found.code ? `it is refused by ${found.code}, and by the system by ${system.code}` : undefined;
}

/** All that is in the folder, by its number. */
function numbersIn(folder: OpenDirectory, path = "."): bigint[] {
  const place = folder.find(path, false);
  const opened = place.open({ ...reading, directory: true });
  place.close();
  if (!("directory" in opened)) throw new Error("it is no directory");
  const { directory } = opened;
  const list = directory.list();
  const numbers = [directory.stat().number];
  for (let entry = list.next(); entry !== undefined; entry = list.next()) {
    const found = directory.find(entry.name, false);
    numbers.push(found.stat().number);
    found.close();
    if (entry.kind === "directory") numbers.push(...numbersIn(folder, path === "." ? entry.name : `${path}/${entry.name}`));
  }
  list.close();
  directory.close();
  return numbers;
}

describe.each(HOLDS)("a folder whose directories are held by %s", (by) => {
  it("is not left by any path, whatever links there are, and finds what the system finds", () => {
    const faults: string[] = [];
    for (let seed = 1; seed <= TREES; seed += 1) {
      const random = new Random(seed);
      const tree = new Tree();
      for (const name of ["one", "two", "three", "a/one", "a/b/two"]) if (random.below(4) > 0) tree.link(name, random.pick(TARGETS));
      const folder = tree.open(by);
      const inside = new Set(numbersIn(folder));
      for (let at = 0; at < PATHS; at += 1) {
        const path = pathOf(random);
        const follow = random.below(2) === 0;
        const fault = faultOf(lookAt(folder, path, follow), systemSays(tree.root, path, follow || path.endsWith("/")), inside, { path, follow });
        if (fault !== undefined) faults.push(`seed ${seed}, ${JSON.stringify(path)}, ${follow ? "followed" : "not followed"}: ${fault}`);
      }
      tree.end();
    }
    expect(faults).toEqual([]);
  }, TIMEOUT);

  it("changes nothing outside, and shows nothing of it, whatever a capsule makes, moves and keeps open", () => {
    for (let seed = 1; seed <= TREES; seed += 1) {
      const random = new Random(seed * 7919);
      const tree = new Tree();
      const before = tree.outside();
      const seen = new Intruder(tree.open(by, 1_000), random).work(PATHS);
      expect(seen.filter((text) => text.includes(SECRET)), `seed ${seed}`).toEqual([]);
      expect(tree.outside(), `seed ${seed}`).toBe(before);
      tree.end();
    }
  }, TIMEOUT);
});

/** A capsule that tries whatever comes to its mind. */
class Intruder {
  readonly #random: Random;
  readonly #directories: OpenDirectory[];
  readonly #seen: string[] = [];

  constructor(folder: OpenDirectory, random: Random) {
    this.#random = random;
    this.#directories = [folder];
  }

  work(steps: number): readonly string[] {
    for (let step = 0; step < steps; step += 1) {
      try {
        this.#step();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    }
    return this.#seen;
  }

  #step(): void {
    const place = this.#find();
    try {
      this.#use(place);
    } finally {
      place.close();
    }
  }

  #use(place: Place): void {
    switch (this.#random.below(10)) {
      case 0:
        return place.makeDirectory();
      case 1:
      case 2:
        return place.symlink(this.#random.pick(TARGETS));
      case 3:
        return place.unlink();
      case 4:
        return place.removeDirectory();
      case 5:
        return this.#to((other) => place.rename(other));
      case 6:
        return this.#to((other) => place.link(other));
      case 7:
        return place.setTimes({ accessed: 1_000_000_000n, modified: 2_000_000_000n });
      case 8:
        return this.#open(place, { ...reading, write: true, create: true, truncate: this.#random.below(2) === 0 });
      default:
        return this.#open(place, reading);
    }
  }

  #open(place: Place, mode: typeof reading): void {
    const opened = place.open(mode);
    if ("directory" in opened) {
      this.#directories.push(opened.directory);
      return;
    }
    const { file } = opened;
    const bytes = new Uint8Array(100);
    this.#seen.push(Buffer.from(bytes.subarray(0, file.read(bytes, 0n))).toString());
    if (mode.write) file.write(Buffer.from("written"), 0n);
    file.close();
  }

  #find(): Place {
    return this.#random.pick(this.#directories).find(pathOf(this.#random), this.#random.below(2) === 0);
  }

  #to(use: (other: Place) => void): void {
    const other = this.#find();
    try {
      use(other);
    } finally {
      other.close();
    }
  }
}

describe.each(HOLDS)("a directory that is open, held by %s, and was moved", (by) => {
  it("is not looked for where its name leads now", () => {
    const tree = new Tree();
    const folder = tree.open(by);
    const made = folder.find("a/b", true);
    const opened = made.open({ ...reading, directory: true }) as { readonly directory: OpenDirectory };
    folder.find("a", false).rename(folder.find("moved", false));
    folder.find("a", false).symlink("../beside");
    expect(readOnce(opened.directory, "file")).toBe("ENOENT");
    expect(readOnce(folder, "a/b/file")).toBe("EPERM");
    expect(readOnce(folder, "moved/file")).toBe("inside");
    tree.end();
  });
});

describe("directories that become links meanwhile", () => {
  // Elsewhere nothing can be done about it.
  it.each(process.platform === "linux" ? ["Linux"] : [])("lead nowhere on %s, though someone else swaps them all the time", async () => {
    const tree = new Tree();
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(
      `const { workerData: { root, flags } } = require("node:worker_threads");
       const fs = require("node:fs");
       fs.symlinkSync("../beside", root + "/link");
       Atomics.store(flags, 0, 1);
       while (Atomics.load(flags, 1) === 0) {
         fs.renameSync(root + "/a", root + "/kept"); fs.renameSync(root + "/link", root + "/a");
         fs.renameSync(root + "/a", root + "/link"); fs.renameSync(root + "/kept", root + "/a");
       }`,
      { eval: true, workerData: { root: tree.root, flags } },
    );
    const ended = once(worker, "exit");
    while (Atomics.load(flags, 0) === 0) await setTimeout(1);
    const folder = tree.open();
    const before = tree.outside();
    const seen = new Map<string, number>();
    for (let at = 0; at < 20_000; at += 1) {
      const text = readOnce(folder, "a/file");
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
    Atomics.store(flags, 1, 1);
    await ended;
    expect([...seen.keys()]).not.toContain(SECRET);
    // Both happened: it was a directory, and it was none.
    expect(seen.get("inside")).toBeGreaterThan(0);
    expect(seen.size).toBeGreaterThan(1);
    expect(tree.outside()).toBe(before);
    tree.end();
  }, TIMEOUT);
});

function readOnce(folder: OpenDirectory, path: string): string {
  let place: Place | undefined;
  try {
    place = folder.find(path, true);
    const opened = place.open(reading);
    if ("directory" in opened) return "a directory";
    const bytes = new Uint8Array(20);
    const length = opened.file.read(bytes, 0n);
    opened.file.close();
    return Buffer.from(bytes.subarray(0, length)).toString();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "none";
  } finally {
    place?.close();
  }
}
