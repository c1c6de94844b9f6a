import { DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import { gather } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Flat } from "./codec/codec.ts";
import type { SeldomCodec } from "./codec/compile.ts";
import { compile } from "./codec/compile.ts";
import { Failure } from "./codec/variant.ts";
import type { Frame, Step } from "./frame.ts";
import { handlesOf } from "./handle-table.ts";
import type { ComponentState, RuntimeResource } from "./instance.ts";
import { valueReader } from "./lift.ts";
import type { CanonOptions } from "./plan.ts";
import { endResource } from "./resource.ts";
import { trap } from "./trap.ts";
import type { ResourceType, ValueType } from "./type.ts";

/** What `canon task.return` makes. */
export function returning(type: ValueType | undefined, options: CanonOptions): Step {
  return (frame) => frame.push("core func", taskReturn(type, frame.canon(options), frame.seldomCodec));
}

/** A built-in of the asynchronous model, which is there and refuses to be called. */
export function refusing(feature: string): Step {
  return (frame) =>
    builtin(frame, () => {
      throw new DoterosError("unsupported", `the component uses the asynchronous model: ${feature}`, {
        help: "npm install @bytecodealliance/jco to run it, or build it without async functions, streams and futures",
      });
    });
}

/** A resource type that the component defines. */
export function defining(resource: ResourceType, destructor: number | undefined): Step {
  return (frame) => {
    const destroy = frame.maybe("core func", destructor) as ((representation: number) => void) | undefined;
    frame.define(resource, { name: resource.name ?? "of the component", definer: frame.state, destroy, hostClass: undefined });
  };
}

/** The built-ins for a resource type, by name. */
export const RESOURCE_BUILTINS = {
  "resource.new": (state, resource, representation) => handlesOf(state).add(resource, representation, true),
  "resource.drop": (state, resource, index) => {
    const handle = handlesOf(state).remove(index >>> 0, resource);
    if (handle.owned) endResource(resource, handle.representation, state);
    else state.borrows--;
  },
  "resource.rep": (state, resource, index) => handlesOf(state).get(index >>> 0, resource).representation,
} satisfies Record<string, (state: ComponentState, resource: RuntimeResource, argument: number) => unknown>;

/** What `canon resource.new` and its kin make. */
export function handling(op: keyof typeof RESOURCE_BUILTINS, type: ResourceType): Step {
  return (frame) => {
    const resource = frame.lookup(type);
    const run = RESOURCE_BUILTINS[op];
    builtin(frame, (argument) => run(frame.state, resource, argument));
  };
}

/** Appends a function that guests may call; what it throws ends the guest's instance. */
function builtin(frame: Frame, run: (argument: number) => unknown): void {
  const { state } = frame;
  frame.push("core func", (argument: number) => {
    try {
      if (!state.mayLeave) trap("cannot leave component instance");
      return run(argument);
    } catch (error) {
      state.failure ??= error;
      throw error;
    }
  });
}

/** Makes the function by which an asynchronous function returns. */
function taskReturn(type: ValueType | undefined, cx: Canon, seldom: SeldomCodec): AnyFunction {
  const { instance } = cx;
  const flat: Flat = [];
  const codec = type && compile(type, seldom);
  const pointed = codec?.flat === undefined && codec !== undefined ? valueReader(codec, true, cx) : undefined;
  const run = (): void => {
    if (!instance.mayLeave) trap("cannot leave component instance");
    cx.renew();
    instance.returned = { value: pointed === undefined ? codec?.lift(cx, flat, 0) : pointed(flat[0]) };
  };
  return gather(codec === undefined ? 0 : (codec.flat?.length ?? 1), flat, run);
}

/** Takes what an asynchronous function gave to `task.return`. Functions that have to wait for something are not run here. */
export function takeReturned({ instance }: Canon, core: unknown, unwraps: boolean): unknown {
  const { returned } = instance;
  instance.returned = undefined;
  if (returned === undefined || (core !== undefined && core !== 0)) {
    throw new DoterosError("unsupported", "the component uses the asynchronous model: an async function that waits");
  }
  if (!unwraps) return returned.value;
  const { tag, val } = returned.value as { tag: string; val: unknown };
  return tag === "ok" ? val : new Failure(val);
}
