import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";

/** Who has a store open. */
interface Holder {
  readonly pid: number;
  /** When its process began, as the system tells it, to know it from another that was given the same number. */
  readonly began: string;
}

/**
 * Takes the lock of a folder for this process: one host at a time works on a store. A lock whose process is gone counts as
 * none.
 *
 * @returns what gives it back
 * @throws DoterosError `store-in-use`, with the number of the process that has it
 */
export function takeLock(folder: string): () => void {
  const path = join(folder, "lock.json");
  const own: Holder = { pid: process.pid, began: beginningOf(process.pid) };
  const draft = join(folder, `lock.${process.pid}`);
  writeFileSync(draft, JSON.stringify(own));
  try {
    // A link appears whole or not at all, and only where there is nothing.
    while (!link(draft, path)) {
      const holder = read(path);
      if (holder !== undefined && isAlive(holder)) throw inUse(folder, holder.pid);
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (read(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(path: string): Holder | undefined {
  try {
    const { pid, began } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return typeof pid === "number" && typeof began === "string" ? { pid, began } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // One that belongs to someone else is alive as well.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return beginningOf(pid) === began;
}

/** When a process began, in ticks since the system did; empty where that cannot be told. */
function beginningOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in parentheses, may hold anything; the 20th field after it is the time.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function inUse(folder: string, pid: number): DoterosError {
  return new DoterosError("store-in-use", `the store ${folder} is in use by process ${pid}`, {
    help: pid === process.pid ? "this process has opened it already: use that one, or close it first" : `end that process, or use another store: kill ${pid}`,
  });
}
