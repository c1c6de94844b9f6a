import type { FunctionType, ValueType } from "../../component/type.ts";
import { printType } from "../../component/wit.ts";
import { ComponentError, DoterosError } from "../../contract/error.ts";
import type { Fault } from "../../contract/message.ts";
import type { EdgeOperation } from "../../contract/policy.ts";
import { FAULT } from "../interface.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";

/** A function that a capsule calls and that is none of this project's own. */
export interface Edge {
  /** Interface and function, without a version: `acme:sensors/reader#read`. */
  readonly path: string;
  /** What policies are asked about. */
  readonly operation: EdgeOperation;
  readonly type: FunctionType;
}

/** Makes the call of a function one that costs fuel, and that a policy is asked about. It hands on what it is called on. */
export function guarded({ path, operation, type }: Edge, transition: Transition, call: (args: readonly unknown[], self: unknown) => unknown): (...args: unknown[]) => unknown {
  const resource = resourceWriter(type);
  return function guardedCall(this: unknown, ...args: unknown[]): unknown {
    const text = resource(args);
    transition.charge(CALL_FUEL + text.length);
    orRefuse(path, type, () => transition.mustBeAllowed(operation, text));
    return call(args, this);
  };
}

/**
 * Does what may answer with a fault. Where the function has no error that could say it, there is only a trap to say it with.
 *
 * @throws ComponentError, or DoterosError `trap`
 */
export function orRefuse(path: string, { result }: FunctionType, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    const fault = error.payload as Fault;
    const text = `${fault.tag}: ${fault.val}`;
    const type = result?.kind === "result" ? result.err : undefined;
    if (type?.kind === "string") throw new ComponentError(text);
    if (type?.kind === "variant" && printType(type) === FAULT) throw error;
    throw new DoterosError("trap", `${path}: ${text}`);
  }
}

/** Makes what writes the arguments that a policy sees as the text of a resource. */
function resourceWriter({ params }: FunctionType): (args: readonly unknown[]) => string {
  const seen = params.flatMap(({ name, type }, at) => (isPlain(type) ? [{ name, at }] : []));
  if (seen.length === 0) return () => "{}";
  return (args) => JSON.stringify(Object.fromEntries(seen.map(({ name, at }) => [name, String(args[at])])));
}

const COMPOUND: ReadonlySet<ValueType["kind"]> = new Set<ValueType["kind"]>([
  "record", "variant", "list", "map", "tuple", "flags", "option", "result", "own", "borrow", "stream", "future", "error-context",
]);

/** Whether values of a type are texts, numbers, or words of a few. */
function isPlain({ kind }: ValueType): boolean {
  return !COMPOUND.has(kind);
}
