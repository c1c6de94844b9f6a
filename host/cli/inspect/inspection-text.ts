import type { Paint } from "../colour.ts";
import { errorText } from "../error-text.ts";
import { printable } from "../printable.ts";
import type { Inspection, Interface } from "./inspection.ts";

const TITLES = { component: "a component", plugin: "a plugin of Extism", program: "a program of WASI preview 1" };

/** An inspection as people read it. */
export function inspectionText(file: string, inspection: Inspection, paint: Paint): string {
  const { kind, name, version, digest, sizes, wit } = inspection;
  const title = name === undefined ? `${TITLES[kind]} without a manifest` : `${name} ${version ?? ""}`;
  const sections: [string, string[]][] = [
    [title, table([["file", file], ["sha-256", digest], ["size", sizeText(sizes.file)]])],
    ["asks for", requestLines(file, inspection)],
    ["imports", table(inspection.imports.map((part) => [part.name, contentOf(part)]))],
    ["exports", table(inspection.exports.map((part) => [part.name, contentOf(part)]))],
    ["core modules", sizes.coreModules.map(sizeText)],
    ["custom sections", table(sizes.customSections.map((section) => [section.name, sizeText(section.bytes)]))],
    ...(wit === "" ? [] : [["WIT", wit.trimEnd().split("\n")] as [string, string[]]]),
  ];
  const blocks = sections.map(([heading, body]) => {
    const lines = body.length === 0 ? ["none"] : body;
    return `${paint("bold", printable(heading))}\n${lines.map((line) => `  ${printable(line)}`.trimEnd()).join("\n")}\n`;
  });
  return [...blocks, ...problemLines(inspection, paint)].join("\n").trimEnd();
}

function requestLines(file: string, { kind, name, requests }: Inspection): string[] {
  return [...table(requests.map(({ grant, flag }) => [grant, flag])), ...{ component: inputLines, plugin: callLines, program: programLines }[kind](shellWord(file), name, requests)];
}

function inputLines(file: string, name: string | undefined, requests: Inspection["requests"]): string[] {
  const flags = requests.map(({ flag }) => flag).join(" ");
  const without = name === undefined ? ["without a manifest it gets messages only when told which: --grant subscribe=PATTERN"] : [];
  return [...without, `doteros-wasm run ${file} --input FILE ${flags}`.trimEnd()];
}

function callLines(file: string): string[] {
  return [`doteros-wasm run ${file} --call FUNCTION --input TEXT`];
}

function programLines(file: string): string[] {
  return ["it runs as it is; for one with a folder (--grant fs:FOLDER:ro) the official adapter makes a component of it first", `doteros-wasm run ${file} -- ARGUMENTS`];
}

function problemLines({ problems }: Inspection, paint: Paint): string[] {
  if (problems.length === 0) return [];
  return [paint("bold", "this host cannot run it as a capsule"), ...problems.map((problem) => errorText(problem, paint))];
}

function contentOf({ kind, functions, types }: Interface): string {
  if (kind !== "instance") return kind;
  if (functions.length > 0) return functions.join(", ");
  return types.length > 0 ? `types ${types.join(", ")}` : "nothing";
}

/** Rows of two columns, the first as wide as its longest. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

function sizeText(bytes: number): string {
  return `${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}`;
}

/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[\w./:@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
