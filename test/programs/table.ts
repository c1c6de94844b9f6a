import { PROGRAMS } from "./cases.ts";

const HEAD = `# Programs of wasmtime

What became of the programs that wasmtime's makers test WASI 0.2 with: those of \`p2_api_*\` and \`p2_cli_*\` that stand, built, in
\`integration-tests/wasmtime/\` of pavelsavara/jsco. Written by \`DOTEROS_PROGRAMS=folder DOTEROS_PROGRAMS_TABLE=1 npm test -- test/programs\`,
which runs all of them as wasmtime's own tests do; the programs are no part of this project. Each checks what it sees by itself, and
ends with 0 when that is right.

| program | what it shows | here |
|---|---|---|
`;

/** The table of what became of programs. @param wrong why those do not pass that do not, by their names */
export function programTable(names: readonly string[], wrong: ReadonlyMap<string, string>): string {
  const rows = names.map((name) => `| ${name} | ${PROGRAMS[name]?.shows ?? ""} | ${wrong.get(name) ?? "passes"} |`);
  return `${HEAD}${rows.join("\n")}\n\n${names.length} programs: ${names.length - wrong.size} pass.\n`;
}
