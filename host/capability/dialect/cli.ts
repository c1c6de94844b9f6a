import { as, type Offered } from "../interface.ts";
import { CALL_FUEL } from "../transition.ts";
import { sessionOf, variablesOf } from "./cli/session.ts";
import { end, exitCodeOf, run } from "./cli/run.ts";
import { stderr, stdin, stdout } from "./cli/streams.ts";
import type { Dialect } from "./dialect.ts";

// wasi:cli. A command is a capsule that handles one message, with a new instance for each: its arguments are headers of it.

const ENVIRONMENT = "wasi:cli/environment@0.2.12";
const EXIT = "wasi:cli/exit@0.2.12";
const name = (of: string): string => `wasi:cli/${of}@0.2.12`;
const RUN = name("run");

/** A terminal is nothing but that there is one. */
class TerminalInput {
  readonly isTerminal = true;
}
class TerminalOutput {
  readonly isTerminal = true;
}

const stream = (of: string, type: string): Offered => as(undefined, { [`get-${of}`]: `func() -> ${type}` });

/** wasi:cli. */
export const DIALECT: Dialect = {
  interfaces: {
    [ENVIRONMENT]: as(undefined, {
      "get-environment": "func() -> list<tuple<string, string>>",
      "get-arguments": "func() -> list<string>",
      "initial-cwd": "func() -> option<string>",
    }),
    [EXIT]: as(undefined, { exit: "func(status: result)", "exit-with-code": "func(status-code: u8)" }),
    [name("stdin")]: stream("stdin", "input-stream"),
    [name("stdout")]: stream("stdout", "output-stream"),
    [name("stderr")]: stream("stderr", "output-stream"),
    [name("terminal-input")]: as(undefined, { "terminal-input": "resource" }),
    [name("terminal-output")]: as(undefined, { "terminal-output": "resource" }),
    [name("terminal-stdin")]: stream("terminal-stdin", "option<terminal-input>"),
    [name("terminal-stdout")]: stream("terminal-stdout", "option<terminal-output>"),
    [name("terminal-stderr")]: stream("terminal-stderr", "option<terminal-output>"),
  },
  make(reach) {
    const { transition } = reach;
    const terminal = <T>(of: "stdin" | "stdout" | "stderr", Terminal: new () => T) => (): T | undefined => {
      transition.charge(CALL_FUEL);
      return transition.outside?.stdio?.isTerminal(of) === true ? new Terminal() : undefined;
    };
    return {
      [ENVIRONMENT]: {
        getEnvironment() {
          transition.charge(CALL_FUEL);
          return variablesOf(transition);
        },
        getArguments() {
          transition.charge(CALL_FUEL);
          return sessionOf(transition).arguments;
        },
        initialCwd: () => undefined,
      },
      [EXIT]: { exit: ({ tag }: { readonly tag: "ok" | "err" }) => end(exitCodeOf(tag)), exitWithCode: end },
      [name("stdin")]: { getStdin: () => stdin(transition) },
      [name("stdout")]: { getStdout: () => stdout(reach) },
      [name("stderr")]: { getStderr: () => stderr(reach) },
      [name("terminal-input")]: { TerminalInput },
      [name("terminal-output")]: { TerminalOutput },
      [name("terminal-stdin")]: { getTerminalStdin: terminal("stdin", TerminalInput) },
      [name("terminal-stdout")]: { getTerminalStdout: terminal("stdout", TerminalOutput) },
      [name("terminal-stderr")]: { getTerminalStderr: terminal("stderr", TerminalOutput) },
    };
  },
  handlers: { [RUN]: { functions: { run: "func() -> result" }, adapt: run, once: true, attempts: 1 } },
};
