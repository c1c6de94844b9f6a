// Instances of random modules that are made of snapshots. DOTEROS_SNAPSHOTS says how many, DOTEROS_SEED from which seed on.
import { expect, it } from "vitest";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { fromEnvironment } from "../../component/random.ts";
import { randomModule } from "../rewrite/random-module.ts";
import { PLAIN_FAMILIES, twoLives } from "./two-lives.ts";

const MODULES = fromEnvironment("DOTEROS_SNAPSHOTS", 300);
const SEED = fromEnvironment("DOTEROS_SEED", 1);

const families = Object.entries(PLAIN_FAMILIES).filter(([, options]) => WebAssembly.validate(randomModule(SEED, options).bytes));
const each = Math.ceil(MODULES / families.length);

it.each(families)(`an instance of a random module of %s goes on where its snapshot was taken, ${each} from seed ${SEED} on`, { timeout: 60_000 + 200 * each }, (_, options) => {
  let changed = 0;
  for (let seed = SEED; seed < SEED + each; seed += 1) {
    const { problem, bytes } = twoLives(seed, options);
    expect(problem, `DOTEROS_SNAPSHOTS=5 DOTEROS_SEED=${seed}`).toBeUndefined();
    if (bytes > 20) changed += 1;
  }
  // A test whose instances all sleep as they began restores nothing.
  expect(changed).toBeGreaterThanOrEqual(Math.floor(each / 4));
});

it("most random modules that may do everything have hidden state, or the families above would need no rules", () => {
  const hidden = Array.from({ length: 40 }, (_, index) => rewriteModule(randomModule(SEED + index).bytes, {}).hiddenState);
  expect(hidden.filter((text) => text !== undefined).length).toBeGreaterThan(20);
});
