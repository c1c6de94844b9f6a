// One random module as it is, with a naive count, and rewritten in several ways: what can be seen must be the same, and the fuel
// of every call that returned without a throw must be the naive count.
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import type { RewriteOptions } from "../../../host/wasm/rewrite/rewritten-module.ts";
import { behaviourOf } from "./behaviour.ts";
import { COUNT, countNaively, THROWN } from "./naive-count.ts";
import { randomModule, type RandomOptions } from "./random-module.ts";

const PARTS: readonly RewriteOptions[] = [
  { fuel: true },
  { stack: true, exportState: true },
  { fuel: true, stack: true, memoryPagesMax: 1000, tableElementsMax: 100_000, canonicalNaN: true, exportState: true },
];
const FUEL = 2 ** 50;
const FRAMES = 4000;

/** What came out. */
export interface Difference {
  /** What differs, in words; undefined when nothing does. */
  readonly problem: string | undefined;
  /** Calls whose fuel was compared. */
  readonly compared: number;
}

/** Tries the module of a seed. */
export function differenceOf(seed: number, options: RandomOptions): Difference {
  const { bytes, exports } = randomModule(seed, options);
  const plain = behaviourOf(bytes, exports, seed);
  const counts = options.wide === true ? [] : naiveCounts(bytes, seed, options, plain);
  if (counts === undefined) return { problem: "the naive count changes what the module does", compared: 0 };
  let compared = 0;
  for (const parts of PARTS) {
    const rewritten = rewriteModule(bytes, parts);
    const counters = new Counters({ memoryPages: 1000, tableElements: 100_000 });
    const problems: string[] = [];
    let call = 0;
    const text = behaviourOf(rewritten.bytes, exports, seed, { [rewritten.countersFrom as string]: counters.imports }, {
      before: () => void counters.refill(FUEL, FRAMES),
      after: (_, returned) => {
        const wanted = counts[call++];
        const used = FUEL - counters.fuelLeft;
        if (parts.fuel === true && wanted !== undefined) {
          compared += 1;
          if (used !== wanted) problems.push(`call ${call} used ${used} units, and ${wanted} were counted naively`);
        }
        const frames = counters.imports.stack.value;
        if (returned && frames !== FRAMES) problems.push(`call ${call} left ${String(frames)} frames`);
      },
    });
    if (text !== plain) problems.push(firstDifference(plain, text));
    if (problems.length > 0) return { problem: `${JSON.stringify(parts)}: ${problems[0]}`, compared };
  }
  return { problem: undefined, compared };
}

/** The count of each call; undefined for one that did not return, or threw on the way. */
function naiveCounts(bytes: Uint8Array, seed: number, options: RandomOptions, plain: string): (number | undefined)[] | undefined {
  const counts: (number | undefined)[] = [];
  const count = (exports: WebAssembly.Instance["exports"]): WebAssembly.Global => exports[COUNT] as WebAssembly.Global;
  const text = behaviourOf(countNaively(bytes), randomModule(seed, options).exports, seed, {}, {
    before: (exports) => void (count(exports).value = 0n),
    after: (exports, returned) => {
      const counted = Number(count(exports).value);
      counts.push(returned && counted < THROWN ? counted : undefined);
    },
  });
  return text === plain ? counts : undefined;
}

function firstDifference(one: string, other: string): string {
  const others = other.split("\n");
  const lines = one.split("\n");
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `line ${at} is "${others[at]}", not "${lines[at]}"`;
}
