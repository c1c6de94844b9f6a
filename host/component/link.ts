import type { Entity, InstanceType } from "./entity.ts";
import type { Core, CoreExports, Plan, RuntimeComponent, RuntimeInstance, RuntimeItem, Step } from "./frame.ts";
import { Frame } from "./frame.ts";
import type { ComponentState } from "./instance.ts";
import { enter, leave } from "./instance.ts";
import { lowerFunction } from "./lower.ts";
import { lastWordsOf } from "./panic.ts";
import type { CanonFunction, Item } from "./plan.ts";
import { explain } from "./trap.ts";

/**
 * Carries out a plan.
 *
 * @param core the compiled core modules, as the plan counts them, and how they are instantiated
 * @param args what is imported, by name
 * @throws DoterosError `trap`, or what an imported function throws, when a start function does not return
 */
export function link(
  { plan, frame: parent }: RuntimeComponent,
  core: Core,
  args: ReadonlyMap<string, RuntimeItem>,
  owner: ComponentState | undefined,
): RuntimeInstance {
  const frame = new Frame(parent, owner, core, args);
  for (const step of plan.steps) step(frame);
  return frame.exports;
}

/** An import: what was given for it. */
export function importing(name: string, entity: Entity): Step {
  return (frame) => {
    const item = frame.args.get(name);
    frame.bind(entity, item);
    if (entity.kind !== "type") frame.push(entity.kind === "module" ? "core module" : entity.kind, item as never);
  };
}

/** An export, which is a definition once more. */
export function exporting(item: Item): Step {
  return (frame) => {
    const found = frame.item(item);
    frame.exports.set(item.name, found);
    if (item.sort !== "type") frame.push(item.sort, found as never);
  };
}

/** A nested component. */
export function nesting(plan: Plan): Step {
  return (frame) => frame.push("component", { plan, frame });
}

/** An instance of a component. */
export function instantiating(component: number, items: readonly Item[], type: InstanceType): Step {
  return (frame) => {
    const made = link(frame.at("component", component), frame.core, frame.items(items), frame.state);
    frame.bind(type, made);
    frame.push("instance", made);
  };
}

/** A definition of an enclosing component, `depth` components out. */
export function outer(sort: "core module" | "component", depth: number, index: number): Step {
  return (frame) => {
    let from: Frame | undefined = frame;
    for (let level = 0; level < depth; level++) from = from?.parent;
    frame.push(sort, from?.at(sort, index) as never);
  };
}

/** An instance of a core module, with other core instances as its imports. */
export function coreInstantiating(module: number, args: ReadonlyMap<string, number>): Step {
  return (frame) => {
    const imports: Record<string, CoreExports> = emptyObject();
    for (const [name, instance] of args) imports[name] = frame.at("core instance", instance);
    const { state } = frame;
    const compiled = frame.at("core module", module);
    const reserved = frame.reserve(compiled);
    const entered = [state];
    enter(entered);
    try {
      const exports = frame.core.instantiate?.(compiled, imports, reserved, state.holding) ?? new WebAssembly.Instance(compiled, imports).exports;
      if (state.failure !== undefined) throw state.failure;
      leave(entered);
      state.lastWords ??= lastWordsOf(exports);
      frame.push("core instance", exports);
    } catch (error) {
      throw (state.failure ??= explain(engineLimit(error), "the component trapped while it was instantiated"));
    }
  };
}

/** Engines refuse a memory or a table that is too large for them with a RangeError, the class they use for a full stack, too. */
function engineLimit(error: unknown): unknown {
  return error instanceof RangeError && !/stack/i.test(error.message) ? new WebAssembly.LinkError(error.message) : error;
}

/** An object that has nothing but what is put into it. */
function emptyObject<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Core definitions, bundled as if one core instance exported them all. */
export function coreBundle(items: readonly Item[]): Step {
  return (frame) => {
    const bundle: Record<string, WebAssembly.ImportValue> = emptyObject();
    for (const item of items) bundle[item.name] = frame.item(item) as WebAssembly.ImportValue;
    frame.push("core instance", bundle);
  };
}

/** What `canon lift` makes. */
export function lifting(func: number, crossing: CanonFunction): Step {
  return (frame) =>
    frame.push("func", {
      kind: "guest",
      crossing,
      cx: frame.canon(crossing.options),
      core: frame.at("core func", func),
      postReturn: frame.maybe("core func", crossing.options.postReturn),
      seldom: frame.seldomCodec,
      takeReturned: crossing.options.async ? frame.core.seldom?.takeReturned : undefined,
    });
}

/** What `canon lower` makes. */
export function lowering(func: number, crossing: CanonFunction): Step {
  return (frame) => {
    const cx = frame.canon(crossing.options);
    frame.push("core func", lowerFunction({ crossing, func: frame.at("func", func), cx, seldom: frame.seldomCodec, expire: frame.core.seldom?.expire }));
  };
}
