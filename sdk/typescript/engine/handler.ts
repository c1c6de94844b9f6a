import { Fault, faultIn } from "../fault.ts";
import { fromHost, type Message, type WitMessage } from "../message.ts";

// What stands between the host's call and the capsule's function.

/** The exported interface `handler` of a capsule that exports `handle`. */
export function handlerOf(handle: (message: Message) => unknown): { handle(message: WitMessage): void } {
  check("handle", handle);
  return { handle: (message) => run(() => handle(fromHost(message))) };
}

/** The exported interface `starter` of a capsule that exports `start`. */
export function starterOf(start: () => unknown): { start(): void } {
  check("start", start);
  return { start: () => run(start) };
}

function check(name: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`the export ${name} is not a function`);
}

/** Runs a call of the host. @throws what WIT calls a fault, whatever went wrong */
function run(call: () => unknown): void {
  try {
    const answer = call();
    if (typeof (answer as { then?: unknown } | null | undefined)?.then === "function") {
      throw new Fault("failed", "the function is async, and a message must have been handled when it returns");
    }
  } catch (error) {
    const { kind, message } = error instanceof Fault ? error : (faultIn(error) ?? new Fault("failed", wordsOf(error)));
    // The engine turns what is thrown into the error case of the WIT result, so it is no Error here.
    const fault: unknown = { tag: kind, val: message.toWellFormed() };
    throw fault;
  }
}

/** An error with the place it comes from: `TypeError: not a function (src/index.ts:12)`. */
function wordsOf(error: unknown): string {
  const words = String(error);
  const place = error instanceof Error ? placeIn(error.stack) : undefined;
  return place === undefined ? words : `${words} (${place})`;
}

/** The first place in a stack that is in the author's own files. */
function placeIn(stack = ""): string | undefined {
  const { doterosPlaces = [] } = globalThis as { doterosPlaces?: readonly (string | null)[] };
  for (const [, line] of stack.matchAll(/:(\d+):\d+\)?$/gmu)) {
    const place = doterosPlaces[Number(line)];
    if (typeof place === "string") return place;
  }
  return undefined;
}
