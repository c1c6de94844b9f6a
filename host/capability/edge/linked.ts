import { camelCase, parseName, pascalCase } from "../../component/name.ts";
import type { Extern, FunctionType } from "../../component/type.ts";
import type { EdgeOperation } from "../../contract/policy.ts";
import { withoutVersion } from "../interface-name.ts";
import type { Transition } from "../transition.ts";
import { guarded } from "./edge.ts";

type Call = (...args: unknown[]) => unknown;

/**
 * Makes the calls of what a component exports, an interface, cost fuel and be asked of the policy. Functions are replaced where
 * they stand: in the object of the interface, and in the classes of its resources, which an instance makes anew for itself.
 *
 * @param exported the object of the interface
 */
export function guardInterface(name: string, parts: readonly Extern[], exported: object, transition: Transition): object {
  const interfaceObject = exported as Record<string, unknown>;
  for (const { name: label, type } of parts) {
    if (type.kind !== "func") continue;
    const path = `${withoutVersion(name)}#${label}`;
    const guard = (call: Call, skipped: number): Call => guardedCall(path, type, transition, call, skipped);
    const parsed = parseName(label);
    if (typeof parsed === "string" || parsed.kind === "interface") continue;
    if (parsed.kind === "label") replace(interfaceObject, camelCase(parsed.label), (call) => guard(call, 0));
    else {
      const resource = pascalCase(parsed.resource);
      const made = interfaceObject[resource] as { prototype: object };
      if (parsed.kind === "constructor") interfaceObject[resource] = constructing(made, guard);
      else if (parsed.kind === "static") replace(made, camelCase(parsed.label), (call) => guard(call, 0));
      else replace(made.prototype, camelCase(parsed.label), (call) => guard(call, 1));
    }
  }
  return interfaceObject;
}

/** @param skipped how many parameters are not among the arguments: the resource that a method is called on */
function guardedCall(path: string, type: FunctionType, transition: Transition, call: Call, skipped: number): Call {
  const edge = { path, operation: path as EdgeOperation, type: { ...type, params: type.params.slice(skipped) } };
  return guarded(edge, transition, (args, self) => Reflect.apply(call, self, args));
}

function replace(owner: object, name: string, change: (call: Call) => Call): void {
  const call = Reflect.get(owner, name) as unknown;
  if (typeof call === "function") Object.defineProperty(owner, name, { value: change(call as Call), configurable: true, writable: true });
}

/** A class whose constructor is guarded, and which is the same class otherwise. */
function constructing(made: object, guard: (call: Call, skipped: number) => Call): object {
  const construct = guard((...args: unknown[]) => Reflect.construct(made as new (...all: unknown[]) => object, args), 0);
  return new Proxy(made, { construct: (_, args: unknown[]) => construct(...args) as object });
}
