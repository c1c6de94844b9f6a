import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "..", "..");
const COMMAND = join(ROOT, "dist", "cli", "main.js");

/** What a command left behind. */
export interface Result {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line as it is built, in the project's folder, with pipes for its streams. */
export function start(words: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  if (!existsSync(COMMAND)) throw new Error("the command line is not built; run: node .ci/prepare.mjs");
  // Whether the test runner has colours is not the command's business.
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env;
  return spawn(process.execPath, [COMMAND, ...words], { cwd: ROOT, env: { ...inherited, ...environment } });
}

/** Waits for the end of a started command. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Result> {
  const closed = new Promise<[number | null, string | null]>((resolve) => {
    child.once("close", (code, signal) => resolve([code, signal]));
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, signal, stdout, stderr };
}

/** Runs the command line to its end. */
export async function command(words: readonly string[], input = "", environment: NodeJS.ProcessEnv = {}): Promise<Result> {
  const child = start(words, environment);
  child.stdin.on("error", () => {
    // It may end without reading its input.
  });
  child.stdin.end(input);
  return ended(child);
}

/** The JSON objects on the lines of `--json` output; every line must be one. */
export function objects(stdout: string): Record<string, unknown>[] {
  const lines = stdout.split("\n");
  if (lines.pop() !== "") throw new Error("the last line does not end");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
