/** What a program of wasi-testsuite is run with, and what is to come of it: the file beside it, as its makers write it. */
export interface Preview1Case {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exit_code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const HEAD = `# Programs of wasi-testsuite

What became of the programs that wasi-testsuite (WebAssembly/wasi-testsuite) tests WASI preview 1 with: the AssemblyScript ones,
\`tests/assemblyscript/wasm32-wasip1/src\`, built, each with its \`.json\` beside it. Written by
\`DOTEROS_PREVIEW1=folder DOTEROS_PREVIEW1_TABLE=1 npm test -- test/programs/preview1.test.ts\`, which runs each by \`doteros-wasm run\` as
that file says; the programs are no part of this project. Exit code, standard output and standard error must be what is expected.

| program | is run with | is to end with | here |
|---|---|---|---|
`;

/** The table of what became of programs. @param wrong why those do not pass that do not, by their names */
export function preview1Table(cases: ReadonlyMap<string, Preview1Case>, wrong: ReadonlyMap<string, string>): string {
  const rows = Array.from(cases, ([name, one]) => `| ${[name, givenText(one), endText(one), wrong.get(name) ?? "passes"].join(" | ")} |`);
  return `${HEAD}${rows.join("\n")}\n\n${cases.size} programs: ${cases.size - wrong.size} pass.\n`;
}

function givenText({ args = [], env = {} }: Preview1Case): string {
  const variables = Object.keys(env).length;
  return [...(args.length === 0 ? [] : [`${args.length} arguments`]), ...(variables === 0 ? [] : [`${variables} variables`])].join(", ") || "nothing";
}

function endText({ exit_code: code = 0, stdout, stderr }: Preview1Case): string {
  return [String(code), ...(stdout === undefined ? [] : [`\`${stdout}\``]), ...(stderr === undefined ? [] : [`\`${stderr}\` on standard error`])].join(", ");
}
