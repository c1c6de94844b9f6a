import { DoterosError } from "../contract/error.ts";
import type { Reserved } from "../wasm/module-type.ts";
import type { AnyFunction } from "./arity.ts";
import type { Realloc } from "./canon.ts";
import { Canon } from "./canon.ts";
import type { ResourceLookup } from "./codec/compile.ts";
import type { Entity, InstanceType } from "./entity.ts";
import type { RuntimeResource } from "./instance.ts";
import { ComponentState, enter, leave } from "./instance.ts";
import type { LiftedFunction, RuntimeFunction } from "./lift.ts";
import { taskReturn } from "./lift.ts";
import { lowerFunction } from "./lower.ts";
import { lastWordsOf } from "./panic.ts";
import type { CanonOptions, Item, Plan, Sort, Step } from "./plan.ts";
import { endResource } from "./resource.ts";
import { explain, trap } from "./trap.ts";
import type { ResourceType } from "./type.ts";

/** What a component definition exports at run time, by name; types other than resources are undefined. */
export type RuntimeInstance = ReadonlyMap<string, RuntimeItem>;

/** A component definition with the frame it was defined in. */
export interface RuntimeComponent {
  readonly plan: Plan;
  readonly frame: Frame | undefined;
}

/** A definition as it exists at run time. */
export type RuntimeItem = RuntimeFunction | RuntimeInstance | RuntimeComponent | WebAssembly.Module | RuntimeResource | undefined;

/** What an instance of each module reserves, wherever the module is handed to. Modules that the host gives are its own affair. */
const reserved = new WeakMap<WebAssembly.Module, Reserved | undefined>();

type CoreExports = Readonly<Record<string, WebAssembly.ImportValue>>;

/** What the index spaces hold. The plan was validated, so an index always finds what it names. */
interface Definitions {
  readonly "core func": AnyFunction;
  readonly "core table": WebAssembly.Table;
  readonly "core memory": WebAssembly.Memory;
  readonly "core global": WebAssembly.Global;
  readonly "core tag": WebAssembly.Tag;
  readonly "core instance": CoreExports;
  readonly "core module": WebAssembly.Module;
  readonly func: RuntimeFunction;
  readonly component: RuntimeComponent;
  readonly instance: RuntimeInstance;
}

/** The index spaces of one component instance while it is put together. */
class Frame {
  readonly parent: Frame | undefined;
  readonly state: ComponentState;
  readonly spaces: Record<Sort, unknown[]> = {
    "core func": [],
    "core table": [],
    "core memory": [],
    "core global": [],
    "core tag": [],
    "core instance": [],
    "core module": [],
    func: [],
    component: [],
    instance: [],
  };
  readonly resources = new Map<ResourceType, RuntimeResource>();
  readonly exports = new Map<string, RuntimeItem>();

  constructor(parent: Frame | undefined, owner: ComponentState | undefined) {
    this.parent = parent;
    this.state = new ComponentState(owner);
  }

  readonly lookup: ResourceLookup = (resource) => {
    const found = this.resources.get(resource.root);
    return found ?? trap(`the resource type ${resource.name ?? ""} has no definition here`);
  };

  at<S extends Sort>(sort: S, index: number): Definitions[S] {
    return this.spaces[sort][index] as Definitions[S];
  }

  item(item: Item): RuntimeItem {
    if (item.sort === "type") return item.resource === undefined ? undefined : this.resources.get(item.resource);
    return this.spaces[item.sort][item.index] as RuntimeItem;
  }

  /** Learns which resources stand for those in the type of something that came from outside. */
  bind(entity: Entity, item: RuntimeItem): void {
    if (entity.kind === "type") {
      if (entity.type.kind === "resource" && item !== undefined) this.resources.set(entity.type.root, item as RuntimeResource);
    } else if (entity.kind === "instance") {
      for (const [name, part] of entity.exports) this.bind(part, (item as RuntimeInstance).get(name));
    }
  }
}

/**
 * Carries out a plan.
 *
 * @param modules the compiled core modules, as the plan counts them
 * @param args what is imported, by name
 * @throws DoterosError `trap`, or what an imported function throws, when a start function does not return
 */
export function link(
  component: RuntimeComponent,
  modules: readonly WebAssembly.Module[],
  args: ReadonlyMap<string, RuntimeItem>,
  owner: ComponentState | undefined,
): RuntimeInstance {
  const frame = new Frame(component.frame, owner);
  for (const step of component.plan.steps) carryOut(step, frame, modules, args);
  return frame.exports;
}

function carryOut(
  step: Step,
  frame: Frame,
  modules: readonly WebAssembly.Module[],
  args: ReadonlyMap<string, RuntimeItem>,
): void {
  const { spaces } = frame;
  switch (step.op) {
    case "core module":
      reserved.set(modules[step.module] as WebAssembly.Module, step.reserved);
      spaces["core module"].push(modules[step.module]);
      return;
    case "core instantiate":
      spaces["core instance"].push(instantiateCore(step, frame));
      return;
    case "core bundle":
      spaces["core instance"].push(bundleCore(step.items, frame));
      return;
    case "core alias":
      spaces[step.sort].push(frame.at("core instance", step.instance)[step.name]);
      return;
    case "component":
      spaces.component.push({ plan: step.plan, frame } satisfies RuntimeComponent);
      return;
    case "instantiate":
      spaces.instance.push(instantiate(step, frame, modules));
      return;
    case "bundle":
      spaces.instance.push(new Map(step.items.map((item) => [item.name, frame.item(item)])));
      return;
    case "alias":
      spaces[step.sort].push(frame.at("instance", step.instance).get(step.name));
      return;
    case "outer":
      spaces[step.sort].push(outer(step, frame));
      return;
    case "lift":
    case "lower":
    case "task.return":
    case "asynchronous":
    case "resource":
    case "resource.new":
    case "resource.drop":
    case "resource.rep":
      defineFunction(step, frame);
      return;
    case "import":
      importItem(step.entity, args.get(step.name), frame);
      return;
    case "export": {
      const item = frame.item(step.item);
      frame.exports.set(step.item.name, item);
      if (step.item.sort !== "type") spaces[step.item.sort].push(item);
    }
  }
}

function importItem(entity: Entity, item: RuntimeItem, frame: Frame): void {
  frame.bind(entity, item);
  if (entity.kind === "type") return;
  frame.spaces[entity.kind === "module" ? "core module" : entity.kind].push(item);
}

function outer({ sort, depth, index }: Extract<Step, { op: "outer" }>, frame: Frame): unknown {
  let from: Frame | undefined = frame;
  for (let level = 0; level < depth; level++) from = from?.parent;
  return from?.at(sort, index);
}

function instantiateCore({ module, args }: Extract<Step, { op: "core instantiate" }>, frame: Frame): CoreExports {
  const imports: Record<string, CoreExports> = Object.create(null) as Record<string, CoreExports>;
  for (const [name, instance] of args) imports[name] = frame.at("core instance", instance);
  const { state } = frame;
  const compiled = frame.at("core module", module);
  state.holding.add(reserved.get(compiled));
  const entered = [state];
  enter(entered);
  try {
    const { exports } = new WebAssembly.Instance(compiled, imports);
    if (state.failure !== undefined) throw state.failure;
    leave(entered);
    state.lastWords ??= lastWordsOf(exports);
    return exports;
  } catch (error) {
    throw (state.failure ??= explain(engineLimit(error), "the component trapped while it was instantiated"));
  }
}

/** Engines refuse a memory or a table that is too large for them with a RangeError, the class they use for a full stack, too. */
function engineLimit(error: unknown): unknown {
  return error instanceof RangeError && !/stack/i.test(error.message) ? new WebAssembly.LinkError(error.message) : error;
}

function bundleCore(items: readonly Item[], frame: Frame): CoreExports {
  const bundle: Record<string, WebAssembly.ImportValue> = Object.create(null) as Record<string, WebAssembly.ImportValue>;
  for (const item of items) {
    if (item.sort !== "type") bundle[item.name] = frame.spaces[item.sort][item.index] as WebAssembly.ImportValue;
  }
  return bundle;
}

function instantiate(
  step: Extract<Step, { op: "instantiate" }>,
  frame: Frame,
  modules: readonly WebAssembly.Module[],
): RuntimeInstance {
  const component = frame.at("component", step.component);
  const args = new Map(step.args.map((item) => [item.name, frame.item(item)]));
  const made = link(component, modules, args, frame.state);
  frame.bind(step.type satisfies InstanceType, made);
  return made;
}

function canonOf(options: CanonOptions, frame: Frame): Canon {
  const memory = options.memory === undefined ? undefined : frame.at("core memory", options.memory);
  const realloc = options.realloc === undefined ? undefined : (frame.at("core func", options.realloc) as Realloc);
  return new Canon(frame.state, memory, realloc, options.encoding);
}

type FunctionStep = Extract<
  Step,
  { op: "lift" | "lower" | "task.return" | "asynchronous" | "resource" | "resource.new" | "resource.drop" | "resource.rep" }
>;

function defineFunction(step: FunctionStep, frame: Frame): void {
  const { spaces, state } = frame;
  switch (step.op) {
    case "lift":
      spaces.func.push({
        kind: "guest",
        type: step.type,
        cx: canonOf(step.options, frame),
        core: frame.at("core func", step.func),
        postReturn: step.options.postReturn === undefined ? undefined : frame.at("core func", step.options.postReturn),
        options: step.options,
        resources: frame.lookup,
      } satisfies LiftedFunction);
      return;
    case "lower": {
      const func = frame.at("func", step.func);
      spaces["core func"].push(lowerFunction(func, step.type, canonOf(step.options, frame), frame.lookup, step.options));
      return;
    }
    case "task.return":
      spaces["core func"].push(taskReturn(step.type, canonOf(step.options, frame), frame.lookup));
      return;
    case "asynchronous":
      spaces["core func"].push(() => guard(state, () => refuseAsynchronous(step.feature)));
      return;
    case "resource":
      frame.resources.set(step.resource, defineResource(step, frame));
      return;
    case "resource.new": {
      const resource = frame.lookup(step.resource);
      spaces["core func"].push((representation: number) => guard(state, () => state.handles.add(resource, representation, true)));
      return;
    }
    case "resource.rep": {
      const resource = frame.lookup(step.resource);
      spaces["core func"].push((index: number) => guard(state, () => state.handles.get(index >>> 0, resource).representation));
      return;
    }
    case "resource.drop": {
      const resource = frame.lookup(step.resource);
      spaces["core func"].push((index: number) => guard(state, () => drop(state, index >>> 0, resource)));
    }
  }
}

/** What asynchronous built-ins do here. @throws DoterosError `unsupported`, always */
function refuseAsynchronous(feature: string): never {
  throw new DoterosError("unsupported", `the component uses the asynchronous model: ${feature}`, {
    help: "npm install @bytecodealliance/jco to run it, or build it without async functions, streams and futures",
  });
}

/** Runs a built-in for a guest; what it throws ends the guest's instance. */
function guard<T>(state: ComponentState, run: () => T): T {
  try {
    if (!state.mayLeave) trap("cannot leave component instance");
    return run();
  } catch (error) {
    state.failure ??= error;
    throw error;
  }
}

function drop(state: ComponentState, index: number, resource: RuntimeResource): void {
  const handle = state.handles.remove(index, resource);
  if (handle.owned) endResource(resource, handle.representation, state);
  else state.borrows--;
}

function defineResource({ resource, destructor }: Extract<Step, { op: "resource" }>, frame: Frame): RuntimeResource {
  const core = destructor === undefined ? undefined : (frame.at("core func", destructor) as (representation: number) => void);
  return { name: resource.name ?? "of the component", definer: frame.state, destroy: core, hostClass: undefined };
}
