import { arithmetic } from "./arithmetic.ts";
import { collection } from "./collection.ts";
import { comparison } from "./comparison.ts";
import { conversion } from "./conversion.ts";
import { graph } from "./graph.ts";
import { jsonPath } from "./json-path.ts";
import { object } from "./object.ts";
import { strings } from "./strings.ts";
import { asArray, asString, type BuiltinFamily, type Context, Failure } from "./table.ts";
import { valueText } from "../value/text.ts";
import { RegoSet, type Value } from "../value/value.ts";

/** What is written for the policy's author, and for whoever runs it. */
const notes: BuiltinFamily = {
  print: [Number.POSITIVE_INFINITY, () => true, { isVoid: true }],
  "internal.print": [1, () => true, { isVoid: true }],
  "internal.template_string": [1, joinParts],
  trace: [1, takeNote],
  "opa.runtime": [0, (context: Context) => context.options.runtime ?? {}, { readsOutside: true }],
};

/** Whoever runs the policy reads it, or nobody does. */
function takeNote(text: Value, { options }: Context): boolean {
  const note = asString(text, 1);
  options.note?.(note);
  return true;
}

/** What OPA makes of a template: constants, and sets that hold the value of a part when it has one. */
function joinParts(operand: Value): string {
  const parts = asArray(operand, 1).map((part) => {
    const values = part instanceof RegoSet ? part.sorted() : [part];
    if (values.length > 1) throw new Failure("template-strings must not produce multiple outputs", "eval_builtin_error", true);
    const [value] = values;
    return value === undefined ? "<undefined>" : typeof value === "string" ? value : valueText(value);
  });
  return parts.join("");
}

/** The builtins of the language itself: none of them needs a library. */
export const coreBuiltins: readonly BuiltinFamily[] = [comparison, arithmetic, collection, conversion, graph, jsonPath, object, strings, notes];
