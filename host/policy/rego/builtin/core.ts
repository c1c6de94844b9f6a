import { arithmetic } from "./arithmetic.ts";
import { collection } from "./collection.ts";
import { comparison } from "./comparison.ts";
import { conversion } from "./conversion.ts";
import { graph } from "./graph.ts";
import { jsonPath } from "./json-path.ts";
import { object } from "./object.ts";
import { strings } from "./strings.ts";
import type { BuiltinFamily, Context } from "./table.ts";

/** What is written for the policy's author, and for whoever runs it. */
const notes: BuiltinFamily = {
  print: [Number.POSITIVE_INFINITY, () => true, { isVoid: true }],
  trace: [1, () => true],
  "opa.runtime": [0, (context: Context) => context.options.runtime ?? {}, { readsOutside: true }],
};

/** The builtins of the language itself: none of them needs a library. */
export const coreBuiltins: readonly BuiltinFamily[] = [comparison, arithmetic, collection, conversion, graph, jsonPath, object, strings, notes];
