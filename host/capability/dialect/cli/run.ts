import type { Handler } from "../../../contract/capsule-world.ts";
import { EXIT_REASON } from "../../../contract/command.ts";
import { ComponentError } from "../../../contract/error.ts";
import type { Message } from "../../../contract/message.ts";
import { fault } from "../../fault.ts";
import type { Transition } from "../../transition.ts";
import { beginSession, endSession } from "./session.ts";

/** Thrown through a component that ends itself. It is no error of anyone's. */
class Exit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** The exit code that a result of `run` and of `exit` stands for. */
export function exitCodeOf(tag: "ok" | "err"): number {
  return tag === "ok" ? 0 : 1;
}

/** Ends the component at once. */
export function end(code: number): never {
  throw new Exit(code);
}

/** Makes a handler of a command: what it ends with by 0 is committed, and any other exit code is a fault. */
export function run(exported: unknown, transition: Transition): Handler {
  const command = exported as { readonly run: () => void };
  return {
    handle: (message) => runFor(transition, message, () => codeOf(() => command.run())),
  };
}

/** Runs a command for a message. What it ends with by another exit code than 0 is a fault. */
export function runFor(transition: Transition, message: Message, command: () => number): void {
  beginSession(transition, message);
  let code: number;
  try {
    code = command();
  } finally {
    endSession(transition);
  }
  if (code !== 0) fault("failed", `${EXIT_REASON.slice("failed: ".length)}${code}`);
}

function codeOf(call: () => void): number {
  try {
    call();
    return exitCodeOf("ok");
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof ComponentError) return exitCodeOf("err");
    throw error;
  }
}
