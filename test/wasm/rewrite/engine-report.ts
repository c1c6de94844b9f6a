// What an engine makes of rewritten random modules, one line for each family of them: answers, traps, what NaNs look like, fuel
// left after every call, where fuel and frames ran out. Every engine must print the same. Run by ../engines.mjs, bundled.
import { createHash } from "node:crypto";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { Random } from "../../component/random.ts";
import { behaviourOf } from "./behaviour.ts";
import { randomModule, type RandomOptions } from "./random-module.ts";

const FAMILIES: Readonly<Record<string, RandomOptions>> = {
  plain: { showNaN: true },
  vectors: { showNaN: true, vectors: true },
  exceptions: { showNaN: true, exceptions: true },
  // Engines that lack some of it print that they do.
  modern: { showNaN: true, vectors: true, modern: true },
  wide: { showNaN: true, modern: true, wide: true },
};
const PAGES = 5;
const ELEMENTS = 40;

/** Runs modules of seeds, and answers a digest of all that could be seen. */
function digestOf(first: number, count: number, options: RandomOptions): string {
  const hash = createHash("sha256");
  for (let seed = first; seed < first + count; seed += 1) {
    const { bytes, exports } = randomModule(seed, options);
    if (!WebAssembly.validate(bytes)) return "not known to this engine";
    const random = new Random(seed);
    const rewritten = rewriteModule(bytes, { fuel: true, stack: true, memoryPagesMax: PAGES, tableElementsMax: ELEMENTS, canonicalNaN: true });
    const counters = new Counters({ memoryPages: PAGES, tableElements: ELEMENTS });
    const text = behaviourOf(rewritten.bytes, exports, seed, { [rewritten.countersFrom as string]: counters.imports }, {
      // Every other call has too little, most of the time.
      before: () => void counters.refill(random.once(2) ? 1e9 : random.below(4_000), random.once(4) ? random.below(30) : 4_000),
      after: () => void hash.update(`${counters.fuelLeft} ${counters.exhausted} ${counters.memoryPagesLeft} ${counters.tableElementsLeft}\n`),
    });
    hash.update(text);
  }
  return hash.digest("hex").slice(0, 32);
}

const [first = "1", count = "100"] = process.argv.slice(2);
for (const [name, options] of Object.entries(FAMILIES)) process.stdout.write(`${name} ${digestOf(Number(first), Number(count), options)}\n`);
