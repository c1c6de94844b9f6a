// Components whose modules are rewritten, and instances of them whose state can be seen.
import { type Component, compileComponent } from "../../../host/component/index.ts";
import { type CoreInstance, type State, stateOf } from "../../../host/wasm/image/index.ts";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import type { RewrittenModule } from "../../../host/wasm/rewrite/rewritten-module.ts";

const PAGES = 256;
const ELEMENTS = 100_000;
const PARTS = { fuel: true, stack: true, memoryPagesMax: PAGES, tableElementsMax: ELEMENTS, canonicalNaN: true, exportState: true };

/** A compiled component. */
export interface Rewritten {
  readonly component: Component;
  readonly modules: ReadonlyMap<WebAssembly.Module, RewrittenModule>;
}

/** An instance of it. */
export interface RewrittenInstance {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly state: State;
  readonly counters: Counters;
}

/** Rewrites and compiles a component. */
export async function compileRewritten(bytes: Uint8Array): Promise<Rewritten> {
  const modules = new Map<WebAssembly.Module, RewrittenModule>();
  const component = await compileComponent(bytes, async (core) => {
    const rewritten = rewriteModule(core, PARTS);
    const module = await WebAssembly.compile(rewritten.bytes);
    modules.set(module, rewritten);
    return module;
  });
  return { component, modules };
}

/** Makes an instance. */
export async function instantiateRewritten({ component, modules }: Rewritten, world: Record<string, object>): Promise<RewrittenInstance> {
  const counters = new Counters({ memoryPages: PAGES, tableElements: ELEMENTS });
  counters.refill(1e9, 4_000);
  const instances: CoreInstance[] = [];
  const { exports } = await component.instantiate(world, (module, imports, reserved) => {
    const { countersFrom, state } = modules.get(module) as RewrittenModule;
    counters.reserve((reserved?.memoryBytes ?? 0) / 65_536, reserved?.tableElements ?? 0);
    const added = countersFrom === undefined ? {} : { [countersFrom]: counters.imports };
    const made = new WebAssembly.Instance(module, { ...imports, ...added });
    instances.push({ exports: made.exports, state: state as NonNullable<RewrittenModule["state"]> });
    return made.exports;
  });
  return { exports, state: stateOf(instances), counters };
}
