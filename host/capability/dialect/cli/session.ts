import { argumentsIn } from "../../../contract/command.ts";
import type { Message } from "../../../contract/message.ts";
import type { Transition } from "../../transition.ts";
import type { LineSink } from "./lines.ts";

/** What a command has been given with its message, and what it has said. */
export interface Session {
  arguments: readonly string[];
  /** What it finds on standard input where it may not use that of the process. */
  input: Uint8Array;
  /** What writes its lines to the log, by the names of the streams. */
  readonly lines: Map<string, LineSink>;
}

const sessions = new WeakMap<Transition, Session>();

/** The session of a capsule. */
export function sessionOf(transition: Transition): Session {
  let session = sessions.get(transition);
  if (session === undefined) sessions.set(transition, (session = { arguments: [], input: new Uint8Array(0), lines: new Map() }));
  return session;
}

/** A message is about to be handled. */
export function beginSession(transition: Transition, { headers, payload }: Message): void {
  const session = sessionOf(transition);
  session.arguments = argumentsIn(headers);
  session.input = payload;
  session.lines.clear();
}

/** The command is at its end: a last line needs none of its own. */
export function endSession(transition: Transition): void {
  const { lines } = sessionOf(transition);
  for (const sink of lines.values()) sink.end();
  lines.clear();
}

/** The variables of a capsule's environment: those that there are, and that its policy lets it have. */
export function variablesOf(transition: Transition): (readonly [name: string, value: string])[] {
  return (transition.outside?.environment ?? []).filter(([name]) => transition.isAllowed("env", name));
}
