/**
 * Copies of instances at rest: what a component's memories and globals hold, as the difference from a new instance.
 *
 * @module
 * @example
 * ```ts
 * const memory = new WebAssembly.Memory({ initial: 2 });
 * const state = { memories: [memory], globals: [] }; // or stateOf(instances)
 * const base = imageOf(state); // once for all instances of a component
 * new Uint8Array(memory.buffer).set([7, 8, 9], 500);
 * memory.grow(1);
 * const snapshot = takeSnapshot(state, base);
 * [...snapshot]; // [1, 0, 1, 3, 244, 3, 7, 8, 9, 0]
 * const other = { memories: [new WebAssembly.Memory({ initial: 2 })], globals: [] };
 * restoreSnapshot(other, base, snapshot, 16); // 1
 * new Uint8Array(other.memories[0].buffer)[502]; // 9
 * ```
 */
export { type Image, imageOf } from "./image.ts";
export { restoreSnapshot } from "./restore.ts";
export { takeSnapshot } from "./snapshot.ts";
export { type CoreInstance, type State, type StateGlobal, stateOf } from "./state.ts";
export { stateHash } from "./state-hash.ts";
