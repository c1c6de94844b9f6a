import { camelCase } from "../../component/name.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Implementation } from "../../contract/provide.ts";
import { isOwnOperation } from "../../policy/resource.ts";
import { DIALECT_PACKAGES } from "../dialect/index.ts";
import { isInterfaceName, withoutVersion } from "../interface-name.ts";

/** An interface that the host's user provides. */
export interface Provided {
  /** With the version that it is provided in, if there is one. */
  readonly name: string;
  /** What policies are asked about, by the functions' names. */
  readonly operations: ReadonlyMap<string, string>;
  /** Whether it has a function of that name. */
  readonly has: (name: string) => boolean;
  /** Has `answer` call one, or knows what came of that. Answers it as `writeAnswer` does; never throws. */
  readonly call: (name: string, args: readonly unknown[], answer: AnswerOf) => Uint8Array;
}

/** Calls a function, and writes what came of it: see `answerOf`, which is loaded for capsules that use one. */
type AnswerOf = (target: Target, args: readonly unknown[]) => Uint8Array;
type Target = (...args: unknown[]) => unknown;

/** Packages whose interfaces are never someone else's. */
const OWN_PACKAGES: ReadonlySet<string> = new Set(["doteros:capsule", ...DIALECT_PACKAGES]);

/**
 * Adds an interface in JavaScript to those that are provided.
 *
 * @param operations what policies are asked about, by the functions' names
 * @throws DoterosError `usage`
 */
export function addProvided(all: Provided[], name: string, implementation: Implementation, operations: Readonly<Record<string, string>>): void {
  const functions = new Map(Object.entries(implementation).filter(([, value]) => typeof value === "function"));
  const has = (label: string): boolean => functions.has(camelCase(label));
  const base = withoutVersion(name);
  if (!isInterfaceName(base)) throw usage(`${JSON.stringify(name)} names no interface that could be provided`, "it is a package and an interface: acme:sensors/reader@1.0.0");
  if (OWN_PACKAGES.has(base.split("/", 1)[0] as string)) throw usage(`${name} belongs to the host`, "give the interface a package of your own");
  if (all.some((one) => one.name === name)) throw usage(`${name} is provided already`, "an interface is provided once, before the capsules are loaded that use it");
  for (const [label, operation] of Object.entries(operations)) {
    if (!has(label)) throw usage(`${name} has no function ${label} that could have an operation`, `it has ${[...functions.keys()].join(", ")}`);
    if (isOwnOperation(operation)) throw usage(`${operation} is an operation of the host's own`, `give ${label} another name, such as ${base.replace(/^.*\//, "")}.${label}`);
  }
  all.push({ name, operations: new Map(Object.entries(operations)), has, call: (label, args, answer) => answer(functions.get(camelCase(label)) as Target, args) });
}

function usage(message: string, help: string): DoterosError {
  return new DoterosError("usage", message, { help });
}
