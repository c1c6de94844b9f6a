import { camelCase } from "../../component/name.ts";
import type { Extern, FunctionType, ValueType } from "../../component/type.ts";
import { factsOf } from "../../component/value-type.ts";
import { findVersion } from "../../component/version.ts";
import { printFunction } from "../../component/wit.ts";
import { ComponentError, DoterosError } from "../../contract/error.ts";
import type { EdgeOperation } from "../../contract/policy.ts";
import type { Use } from "../../ledger/entry.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { withoutVersion } from "../interface-name.ts";
import type { Offered } from "../interface.ts";
import type { Transition } from "../transition.ts";
import { answerOf } from "./answer-of.ts";
import { readAnswer } from "./answer.ts";
import { guarded, orRefuse } from "./edge.ts";
import type { Provided } from "./provided.ts";

/**
 * What of the interfaces provided a component imports, as something that it may be written in: its own types are what they
 * are, because JavaScript says nothing of types.
 *
 * @throws DoterosError `unsupported` for functions whose answers could not be recorded
 */
export function providedDialect(imports: readonly Extern[], all: readonly Provided[]): Dialect & { readonly uses: readonly Use[] } {
  const edges = imports.flatMap(({ name, type }) => {
    const provided = all.find((one) => one.name === name) ?? all.find((one) => one.name === findVersion(name, [one.name]));
    if (provided === undefined || type.kind !== "instance") return [];
    return [{ name, provided, functions: functionsOf(name, type.exports, provided) }];
  });
  const interfaces = edges.map(({ name, functions }): [string, Offered] => {
    const capability = `use=${withoutVersion(name)}` as const;
    return [name, Object.fromEntries(functions.map(([label, type]) => [label, { capability, type: printFunction(type) }]))];
  });
  const uses = new Map(edges.map(({ name, provided }) => [withoutVersion(name), provided]));
  return {
    uses: Array.from(uses, ([name, { operations }]) => ({ name, digest: undefined, operations: [...operations] })),
    interfaces: Object.fromEntries(interfaces),
    make: ({ transition }) => Object.fromEntries(edges.map(({ name, provided, functions }) => [name, implement(withoutVersion(name), provided, functions, transition)])),
  };
}

/** The functions that a component imports of an interface, and that there are. */
function functionsOf(name: string, parts: readonly Extern[], provided: Provided): [label: string, type: FunctionType][] {
  return parts.flatMap(({ name: label, type }): [string, FunctionType][] => {
    if (type.kind !== "func" || !provided.has(label)) return [];
    if (!type.async && [...type.params.map((param) => param.type), type.result].every((part) => part === undefined || canBeWritten(part))) return [[label, type]];
    throw new DoterosError("unsupported", `${name}#${label} is ${printFunction(type)}: what the host's user provides has no resources, and does not wait`, { where: `${name}#${label}` });
  });
}

const UNWRITABLE: ReadonlySet<ValueType["kind"]> = new Set<ValueType["kind"]>(["own", "borrow", "stream", "future", "error-context"]);

function canBeWritten(type: ValueType): boolean {
  return !UNWRITABLE.has(type.kind) && factsOf(type).parts.every((part) => part === undefined || canBeWritten(part));
}

/** Makes the functions of an interface: each answer is kept, and read from what is kept, so that a replay has the same. */
function implement(name: string, { operations, call }: Provided, functions: readonly (readonly [string, FunctionType])[], transition: Transition): object {
  const made = functions.map(([label, type]) => {
    const path = `${name}#${label}`;
    const operation = (operations.get(label) ?? path) as EdgeOperation;
    const ask = (args: readonly unknown[]): unknown => {
      const bytes = call(label, args, answerOf);
      orRefuse(path, type, () => transition.keep(bytes));
      const { kind, value } = readAnswer(bytes);
      if (kind === "returned") return value;
      if (kind === "error") throw new ComponentError(value);
      throw new DoterosError("trap", `${path} failed: ${String(value)}`);
    };
    return [camelCase(label), whileOpen(path, transition, guarded({ path, operation, type }, transition, ask))] as const;
  });
  return Object.fromEntries(made);
}

/** What a function answers must belong to a message, to be written down with it. */
function whileOpen(path: string, transition: Transition, call: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  return (...args) => {
    if (!transition.isOpen) throw new DoterosError("trap", `${path} was called while no message is being handled`);
    return call(...args);
  };
}
