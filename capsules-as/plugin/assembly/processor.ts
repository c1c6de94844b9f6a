// What the editor asks of a plugin: the interface `processor` of wit/editor.wit.

import { Position, dictionary, mark } from "./bindings/editor";
import { Outcome, Problem } from "./bindings/export-processor";
import { Result } from "./bindings/value";

const COMMANDS = ["tidy", "check"];
const CHARACTERS_MAX: i32 = 1_000_000;

export function commands(): Array<string> {
  return COMMANDS;
}

export function process(command: string, text: string): Result<Outcome, Problem> {
  if (text.length > CHARACTERS_MAX) return Result.error<Outcome, Problem>(Problem.unsuitable("it has more than a million characters"));
  if (!COMMANDS.includes(command)) return Result.error<Outcome, Problem>(Problem.unknownCommand(command));
  const lines = text.split("\n");
  if (command == "check") check(lines);
  else for (let index = 0; index < lines.length; index++) lines[index] = wordsOf(lines[index]).join(" ");
  return Result.ok<Outcome, Problem>(new Outcome(lines.join("\n"), counted(lines)));
}

/** Marks each word that stands twice in a row, but for those that the person who writes has declared to be right. */
function check(lines: Array<string>): void {
  const right = new Set<string>();
  const known = dictionary();
  for (let index = 0; index < known.length; index++) right.add(known[index]);
  for (let line = 0; line < lines.length; line++) {
    const words = wordsOf(lines[line]);
    let column = 0;
    for (let index = 0; index < words.length; index++) {
      column = lines[line].indexOf(words[index], column);
      const isTwice = index > 0 && words[index] == words[index - 1] && !right.has(words[index]);
      if (isTwice) mark(new Position(line, column), words[index] + " stands twice");
      column += words[index].length;
    }
  }
}

function counted(lines: Array<string>): Map<string, u32> {
  const counts = new Map<string, u32>();
  for (let line = 0; line < lines.length; line++) {
    const words = wordsOf(lines[line]);
    for (let index = 0; index < words.length; index++) {
      const word = words[index].toLowerCase();
      counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1);
    }
  }
  return counts;
}

/** What lies between spaces. */
function wordsOf(line: string): Array<string> {
  const words = new Array<string>();
  const parts = line.split(" ");
  for (let index = 0; index < parts.length; index++) if (parts[index].length > 0) words.push(parts[index]);
  return words;
}
