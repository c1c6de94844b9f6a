import { loadPeer } from "../bindgen/tool.ts";

/** What a core module is made better for. */
export type Goal = "size" | "speed";

/** The part of binaryen that is used here. */
interface Binaryen {
  readonly default: {
    readonly Features: Readonly<Record<string, number>>;
    readBinaryWithFeatures(bytes: Uint8Array, features: number): {
      optimize(): void;
      emitBinary(): Uint8Array;
      dispose(): void;
    };
    setOptimizeLevel(level: number): void;
    setShrinkLevel(level: number): void;
  };
}

/** What AssemblyScript emits, and every engine has; with what else binaryen would bring in, fewer could run the module. */
const FEATURES = ["MutableGlobals", "SignExt", "NontrappingFPToInt", "BulkMemory", "BulkMemoryOpt"];

/** The levels of binaryen's wasm-opt: optimization and shrinking. */
const LEVELS: Readonly<Record<Goal, readonly [number, number]>> = { size: [2, 2], speed: [4, 0] };

/**
 * Runs the optimizer of binaryen, `wasm-opt`, over a core module. The same module gives the same bytes.
 *
 * @throws DoterosError `unsupported` when binaryen is not installed
 */
export async function optimizeCore(core: Uint8Array, goal: Goal): Promise<Uint8Array> {
  const { default: binaryen } = (await loadPeer("binaryen")) as Binaryen;
  const features = FEATURES.reduce((all, name) => all | (binaryen.Features[name] ?? 0), 0);
  const module = binaryen.readBinaryWithFeatures(core, features);
  const [optimize, shrink] = LEVELS[goal];
  binaryen.setOptimizeLevel(optimize);
  binaryen.setShrinkLevel(shrink);
  module.optimize();
  const better = module.emitBinary();
  module.dispose();
  return better;
}
