import { ComponentError } from "../../contract/error.ts";
import type { Handler, Logging, Messaging } from "../../contract/capsule-world.ts";
import type { Manifest } from "../../contract/manifest.ts";
import type { Fault } from "../../contract/message.ts";
import type { Offered } from "../interface.ts";
import type { Transition } from "../transition.ts";

/** What the functions of a dialect work on. */
export interface Reach {
  readonly transition: Transition;
  readonly manifest: Manifest;
  /** Sends what the capsule may send. */
  readonly messaging: Messaging;
  /** Writes lines of log; undefined where the capsule may not. */
  readonly logging: Logging | undefined;
  /** Whether the component was built for that type of a function: some have two in the same version. */
  readonly hasType: (path: string, type: string) => boolean;
}

/** What handles messages, and may be over after one: then the next message is for a new instance. */
export interface AdaptedHandler extends Handler {
  readonly isOver?: boolean;
}

/** What a component may export to handle messages, in another way than this project's own. */
export interface HandlerDialect {
  readonly functions: Readonly<Record<string, string>>;
  /** Makes a handler of what the component exports. */
  readonly adapt: (exported: unknown, transition: Transition) => AdaptedHandler;
  /** Whether an instance handles one message, and the next message has a new one. */
  readonly once?: boolean;
  /** Another subject that it has messages from, by the name of the capsule. It needs no grant: it is its own. */
  readonly subject?: (capsule: string) => string;
  /** How often a message is tried when the manifest does not say. */
  readonly attempts?: number;
}

/** Interfaces of others, mapped onto the capabilities. */
export interface Dialect {
  /** What there is to import, by the names of the interfaces. */
  readonly interfaces: Readonly<Record<string, Offered>>;
  /** Makes what is imported, by the same names. */
  readonly make: (reach: Reach) => Readonly<Record<string, object>>;
  /** Whether it is for modules, which are no components. */
  readonly isPlugin?: boolean;
  /** What there is to export, by the names of the interfaces. */
  readonly handlers?: Readonly<Record<string, HandlerDialect>>;
}

/** Does a call, and answers a fault of this project's as the error that the dialect has for it. */
export function inTerms<T>(errorOf: (fault: Fault) => unknown, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof ComponentError ? new ComponentError(errorOf(error.payload as Fault)) : error;
  }
}

/** A fault as text, for dialects whose errors are texts. */
export function faultText({ tag, val }: Fault): string {
  return `${tag}: ${val}`;
}

/** Answers the call with an error of the dialect's own. @throws ComponentError always */
export function refuse(payload: unknown): never {
  throw new ComponentError(payload);
}
