import { routeKernel, useRouteKernel } from "../kernel/route.ts";
import { globalGauge, useGlobalGauge } from "../wasm/image/global-bits.ts";
import { GAUGE, useGauge } from "../wasm/rewrite/counters.ts";

/** The host's own core modules, which it compiles when it first needs them. */
const MODULES = {
  /** Reads and writes what capsules are counted with. */
  gauge: { bytes: () => GAUGE, use: useGauge },
  /** Finds who has subscribed to a subject. */
  route: { bytes: routeKernel, use: useRouteKernel },
  /** Read and write the bits of globals, for snapshots. */
  f32: { bytes: () => globalGauge("f32"), use: (module: WebAssembly.Module) => useGlobalGauge("f32", module) },
  f64: { bytes: () => globalGauge("f64"), use: (module: WebAssembly.Module) => useGlobalGauge("f64", module) },
} as const;

/** The name of a core module of the host's own. */
export type HostModule = keyof typeof MODULES;

/** The host's own core modules by their names, for a build to write down. */
export function hostModules(): Readonly<Record<HostModule, Uint8Array>> {
  const entries = Object.entries(MODULES).map(([name, { bytes }]) => [name, bytes()] as const);
  return Object.fromEntries(entries) as Record<HostModule, Uint8Array>;
}

/** Gives the host its own core modules compiled, where it may compile none itself. To be called before a host is made. */
export function useHostModules(compiled: Readonly<Record<HostModule, WebAssembly.Module>>): void {
  for (const [name, { use }] of Object.entries(MODULES)) use(compiled[name as HostModule]);
}
