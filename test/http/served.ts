import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { start } from "../cli/command.ts";

/** A started `serve`, with the JSON lines that it wrote so far. */
export interface Served {
  readonly child: ChildProcessWithoutNullStreams;
  readonly url: string;
  readonly lines: Record<string, unknown>[];
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
}

/** Starts `serve` with a component that wants the state, on any port. */
export async function serve(component: string, words: readonly string[]): Promise<Served> {
  const child = start(["serve", component, "--port", "0", "--grant", "state", "--json", ...words]);
  let told = "";
  child.stderr.on("data", (text: Buffer) => (told += text.toString()));
  const lines: Record<string, unknown>[] = [];
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  const listening = new Promise<string>((resolve, reject) => {
    void ended.then(() => reject(new Error(told)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const value = JSON.parse(line) as Record<string, unknown>;
      lines.push(value);
      if (value["type"] === "listening") resolve(value["url"] as string);
    });
  });
  return { child, url: await listening, lines, ended };
}
