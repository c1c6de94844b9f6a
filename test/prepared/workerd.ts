import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { findPackaged, PLATFORM } from "../contract/packaged.mjs";

const VERSION = "1.20261117.1";
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "linux-64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "windows-64",
};

/** The runtime of Cloudflare's workers, or why it is not here. */
export function findWorkerd(): { readonly program?: string; readonly missing?: string } {
  const name = PACKAGES[PLATFORM];
  if (name === undefined) return { missing: `npm has no workerd for ${PLATFORM}` };
  return findPackaged("workerd", `@cloudflare/workerd-${name}`, VERSION, `bin/workerd${PLATFORM.startsWith("win32") ? ".exe" : ""}`);
}

/** What a worker answered. */
export interface Answer {
  readonly status: number;
  readonly json: { readonly published?: readonly Record<string, unknown>[]; readonly error?: { readonly code: string; readonly message: string } };
}

/** A worker that answers requests on this machine. */
export interface Worker {
  readonly origin: string;
  /** What it wrote to standard error. */
  readonly said: () => string;
  post(subject: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts workerd with a configuration, on any port that is free. */
export async function startWorker(program: string, config: string): Promise<Worker> {
  const child = spawn(program, ["serve", config, "--socket-addr", "http=127.0.0.1:0", "--control-fd=3"], { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const origin = `http://127.0.0.1:${await portOf(child, () => said)}`;
  return {
    origin,
    said: () => said,
    async post(subject, body, headers = {}) {
      const response = await fetch(`${origin}/${subject}`, { method: "POST", body, headers });
      return { status: response.status, json: (await response.json()) as Answer["json"] };
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}

/** The port that it listens on. */
function portOf(child: ChildProcess, said: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`workerd ended\n${said()}`)));
    createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
      const { event, port } = JSON.parse(line) as { event: string; port: number };
      if (event === "listen") resolve(port);
    });
  });
}
