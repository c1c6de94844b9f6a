// What the suite is as a script: `script.mjs FOLDER` runs it on the files of that folder and prints the report as JSON;
// with --record it prints what is to be kept instead.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kit } from "../kit.ts";
import { record } from "../suite/recorded.ts";
import { runSuite } from "../suite.ts";

/** Runs what the command line asks for, on a kit without its files. */
export async function runScript(kit: Omit<Kit, "files">): Promise<void> {
  const [folder = "", option] = process.argv.slice(2);
  const files = new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
  const whole = { ...kit, files };
  if (option !== "--record") {
    process.stdout.write(`${JSON.stringify(await runSuite(whole))}\n`);
    return;
  }
  const { recorded, ledger } = await record(whole);
  process.stdout.write(`${JSON.stringify({ recorded, ledger: Buffer.from(ledger).toString("base64") })}\n`);
}
