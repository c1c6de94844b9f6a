#!/usr/bin/env node
import { DoterosError } from "../contract/error.ts";
import { readArguments } from "./arguments.ts";
import { bindgenCommand } from "./bindgen/command.ts";
import { buildCommand } from "./build/command.ts";
import type { Command } from "./command.ts";
import { asDoterosError, errorText } from "./error-text.ts";
import { dlqCommand } from "./dlq/command.ts";
import { inspectCommand } from "./inspect/command.ts";
import { ledgerCommand } from "./ledger/command.ts";
import { nearest } from "../contract/nearest.ts";
import { newCommand } from "./new/command.ts";
import { policyCommand } from "./policy/command.ts";
import { prepareCommand } from "./prepare/command.ts";
import { runCommand } from "./run/command.ts";
import { Screen } from "./screen.ts";
import { serveCommand } from "./serve/command.ts";
import { stateCommand } from "./state/command.ts";
import { usageCommand } from "./usage/command.ts";
import { VERSION } from "./version.ts";

const COMMANDS: readonly Command[] = [newCommand, buildCommand, runCommand, serveCommand, inspectCommand, stateCommand, dlqCommand, ledgerCommand, usageCommand, policyCommand, bindgenCommand, prepareCommand];

const HELP = `doteros-wasm runs untrusted WebAssembly components with only what they were granted.

usage: doteros-wasm COMMAND …

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join("\n")}

  doteros-wasm COMMAND --help   what a command takes, with examples
  doteros-wasm --version        which version this is

exit codes: 0 done, 1 the work failed, 2 wrong usage`;

/** Does what was typed and answers with the exit code. */
async function main(words: readonly string[], screen: Screen): Promise<number> {
  const [word, ...rest] = words;
  if (word === undefined) {
    screen.tell(HELP);
    return 2;
  }
  if (word === "--help" || word === "-h") screen.print(HELP);
  else if (word === "--version" || word === "-V") screen.print(VERSION);
  else return runNamed(word, rest, screen);
  return 0;
}

async function runNamed(word: string, words: readonly string[], screen: Screen): Promise<number> {
  const command = COMMANDS.find(({ name }) => name === word);
  if (command === undefined) throw unknownCommand(word);
  const options = { ...command.options, help: { type: "boolean", short: "h" }, json: { type: "boolean" } } as const;
  const given = readArguments(`doteros-wasm ${command.name}`, words, options);
  if (!given.has("help")) return command.run(given, screen);
  screen.print(command.help);
  return 0;
}

function unknownCommand(word: string): DoterosError {
  const kind = word.startsWith("-") ? "option" : "command";
  const near = nearest(word, [...COMMANDS.map(({ name }) => name), "--help", "--version"]);
  return new DoterosError("usage", `there is no ${kind} ${JSON.stringify(word)}`, {
    help: near === undefined ? "see what there is: doteros-wasm --help" : `did you mean doteros-wasm ${near}?`,
  });
}

/** Wrong usage is 2, everything else that fails is 1. */
function exitCode(error: DoterosError): number {
  return error.code === "usage" || error.code === "invalid-grant" ? 2 : 1;
}

/** Says what went wrong and sets the exit code. */
function fail(thrown: unknown): void {
  const error = asDoterosError(thrown);
  if (words.includes("--json")) screen.print(JSON.stringify({ type: "error", ...error.toJSON() }));
  screen.tell(errorText(error, screen.paintError));
  process.exitCode = exitCode(error);
}

const words = process.argv.slice(2);
const screen = new Screen(process.stdout, process.stderr, process.env);
process.once("uncaughtException", (error) => {
  fail(error);
  // Whatever was under way is not to be trusted any more; what was said has a turn to get out.
  setImmediate(() => process.exit());
});
try {
  process.exitCode = await main(words, screen);
} catch (thrown) {
  fail(thrown);
}
await screen.finish();
