import { type CompileModule, LinkedComponent, readAndCompile } from "./linked-component.ts";
import { printWorld } from "./wit-world.ts";

/** A component, read, validated and compiled, from which instances are made. */
export class Component extends LinkedComponent {
  /** What it needs and gives as WIT text: its world, with the packages of the interfaces that the world names. */
  wit(): string {
    return printWorld(this.plan.type);
  }
}

/**
 * Reads, validates and compiles a component.
 *
 * @param bytes the component's binary; it may be changed afterwards
 * @param compile compiles core modules; default: the engine does
 * @throws DoterosError `not-wasm`, `core-module`, `malformed`, `invalid`, `unsupported` or `limit-exceeded`
 * @example
 * ```ts
 * const component = await compileComponent(bytes);
 * const { exports } = await component.instantiate({
 *   "doteros:capsule/state@0.1.0": { get: () => undefined, put: () => undefined },
 *   "doteros:capsule/messaging@0.1.0": { publish: () => undefined },
 * });
 * typeof exports["doteros:capsule/handler@0.1.0"]; // "object"
 * ```
 */
export async function compileComponent(bytes: Uint8Array, compile?: CompileModule): Promise<Component> {
  return new Component(...(await readAndCompile(bytes, compile)));
}
