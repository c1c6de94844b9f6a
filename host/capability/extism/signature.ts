import type { FunctionType, ValueType } from "../../component/type.ts";
import type { CoreFunctionType } from "../../wasm/module-type.ts";
import type { Need, Offered } from "../interface.ts";

/** What core numbers are in WIT. */
const NUMBERS: ReadonlyMap<string, ValueType> = new Map([["i32", { kind: "s32" }], ["i64", { kind: "s64" }], ["f32", { kind: "f32" }], ["f64", { kind: "f64" }]]);
/** What they are called in WIT by what they are called in a signature. */
const LETTERS: Readonly<Record<string, string>> = { i: "s32", I: "s64" };

/** What stands behind an address: bytes. */
export const BYTES: ValueType = { kind: "list", element: { kind: "u8" }, length: undefined };

/**
 * The type of a core function as WIT has it; undefined when it has other parameters than numbers.
 *
 * @param wide what stands for i64, where that is not a number
 */
export function functionType({ params, results }: CoreFunctionType, wide?: ValueType): FunctionType | undefined {
  const typeOf = (core: string): ValueType | undefined => (core === "i64" && wide !== undefined ? wide : NUMBERS.get(core));
  const types = params.map(typeOf);
  if (results.length > 1 || [...types, ...results.map(typeOf)].includes(undefined)) return undefined;
  const [result] = results;
  return { kind: "func", async: false, params: types.map((type, at) => ({ name: `p${at}`, type: type as ValueType })), result: result === undefined ? undefined : typeOf(result) };
}

/** What a module may import under one name: for each function its signature, `II>I` for two i64 and the result i64. */
export type Signatures = Readonly<Record<string, string>>;

/** The same, as something that is offered. */
export function offer(signatures: Signatures, needs: Readonly<Record<string, Need>>): Offered {
  return Object.fromEntries(Object.entries(signatures).map(([name, signature]) => [name, { capability: needs[name], type: typeText(signature) }]));
}

/** The type of a function, in WIT's notation. */
function typeText(signature: string): string {
  const [params = "", result = ""] = signature.split(">").map((letters) => Array.from(letters, (letter) => LETTERS[letter] as string));
  return `func(${Array.from(params, (type, at) => `p${at}: ${type}`).join(", ")})${result.length === 0 ? "" : ` -> ${result[0] as string}`}`;
}
