/** A program of wasmtime's tests, and how those run it. */
export interface ProgramCase {
  /** What it shows, in words. */
  readonly shows: string;
  readonly words?: readonly string[];
  readonly grants?: readonly string[];
  /** Whether it has a folder with the files that it looks for, named `/`: read-only or to be changed. */
  readonly folder?: "ro" | "rw";
  readonly input?: string;
  /** Its environment beside that of the tests. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it must end with, 0 when nothing is said, */
  readonly code?: number;
  /** print, */
  readonly stdout?: string | RegExp;
  /** tell, */
  readonly stderr?: RegExp;
  /** and leave in a file of its folder. */
  readonly left?: readonly [file: string, text: string];
  /** What runs it in another way than the command line does. */
  readonly by?: "clocks" | "calls" | "turns";
}

const MANY = Object.fromEntries(Array.from({ length: 512 }, (_, at) => [`KEY${at}`, "x".repeat(1_024)]));

/** The programs, by the names of their files. */
export const PROGRAMS: Readonly<Record<string, ProgramCase>> = {
  p2_api_reactor: { shows: "functions of its own, called with streams and records of WASI; a variable", by: "calls" },
  p2_api_read_only: { shows: "a folder that is granted to be read: nothing in it can be changed", folder: "ro" },
  p2_api_time: { shows: "clocks that the host's user gives", by: "clocks" },
  p2_cli_args: { shows: "arguments, one empty, one with spaces, one with a flag", words: ["hello", "this", "", "is an argument", "with 🚩 emoji"] },
  p2_cli_argv0: { shows: "the name that it is run by is the first argument", words: ["p2_cli_argv0.component.wasm"] },
  p2_cli_default_clocks: { shows: "clocks, without a grant for them" },
  p2_cli_directory_list: { shows: "what is in a folder, and in one in it", folder: "ro" },
  p2_cli_env: { shows: "variables: those that were granted, and no others", grants: ["env:frabjous=day", "env:callooh=callay"] },
  p2_cli_exit_default: { shows: "an end without a word" },
  p2_cli_exit_failure: { shows: "exit code 1", code: 1 },
  p2_cli_exit_panic: { shows: "a panic, which is a trap: 1, and both say why", code: 1, stderr: /Curiouser and curiouser![^]*error\[DW0021\]: .*unreachable/ },
  p2_cli_exit_success: { shows: "exit code 0" },
  p2_cli_export_cabi_realloc: { shows: "an allocator of its own", stdout: "hello, world\n" },
  p2_cli_file_append: { shows: "writing at the end of a file", folder: "rw", left: ["bar.txt", "And stood awhile in thoughtDid gyre and gimble in the wabe;\nAll mimsy were the borogoves,\nAnd the mome raths outgrabe.\n"] },
  p2_cli_file_dir_sync: { shows: "having a file on the disk", folder: "ro" },
  p2_cli_file_read: { shows: "reading a file, from its beginning and from elsewhere", folder: "ro" },
  p2_cli_hello_stdout: { shows: "standard output and standard error", stdout: "hello, world\n", stderr: /^hello, world\n$/ },
  p2_cli_large_env: { shows: "512 variables of 1,024 characters", environment: MANY, grants: Object.keys(MANY).map((name) => `env:${name}`), stdout: /KEY511=x{1024}\n/ },
  p2_cli_much_stdout: { shows: "more output than a pipe holds", words: ["x".repeat(1_000), "1000"], stdout: "x".repeat(1_000_000) },
  p2_cli_sleep: { shows: "a short sleep, without a grant for clocks" },
  p2_cli_stdin: { shows: "standard input to its end", input: "So rested he by the Tumtum tree" },
  p2_cli_stdin_empty: { shows: "reading nothing of it", input: "not to be read" },
  p2_cli_stdio_write_flushes: { shows: "what is written is there before the next thing is waited for", by: "turns" },
};

/** What stands in the names of the files after those. */
export const ENDING = ".component.wasm";
