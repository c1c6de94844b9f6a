import { DoterosError } from "../contract/error.ts";

const CBOR_HELP = "the bytes must be one CBOR data item (RFC 8949), nothing before it and nothing behind";
const STRICT_HELP = "canonicalCbor() makes the deterministic encoding";
const JSON_HELP = "the text must be one JSON value (RFC 8259) in UTF-8";

/** What is wrong, by the kernel's numbers (capsules-as/kernels/cbor/fault.ts), and what to do. */
const FAULTS: Readonly<Record<number, readonly [code: "invalid-cbor" | "invalid-json" | "limit-exceeded", what: string, help: string]>> = {
  1: ["invalid-cbor", "the item goes on past the end of the input", CBOR_HELP],
  2: ["invalid-cbor", "there is more after the item", CBOR_HELP],
  3: ["invalid-cbor", "the head is of a kind that CBOR reserves", CBOR_HELP],
  4: ["invalid-cbor", "a simple value below 32 takes one byte, not two", CBOR_HELP],
  5: ["limit-exceeded", "it is nested too deeply", "the option depth allows more levels, up to 512"],
  6: ["invalid-cbor", "the text is not UTF-8", "text strings and JSON are UTF-8; other bytes belong into byte strings"],
  7: ["invalid-cbor", "a break ends nothing", CBOR_HELP],
  8: ["invalid-cbor", "a map ends after a key", CBOR_HELP],
  9: ["invalid-cbor", "a piece of an indefinite string is not a definite string of its kind", CBOR_HELP],
  10: ["invalid-cbor", "it is not deterministic: a number or a length has a shorter form", STRICT_HELP],
  11: ["invalid-cbor", "it is not deterministic: a float has a shorter form", STRICT_HELP],
  12: ["invalid-cbor", "it is not deterministic: the length is indefinite", STRICT_HELP],
  13: ["invalid-cbor", "it is not deterministic: a key comes after a larger one", STRICT_HELP],
  14: ["invalid-cbor", "a map has this key twice", "no deterministic encoding has; give every key once"],
  15: ["invalid-cbor", "a key is neither text nor integer, and JSON has no other", "project the parts that JSON can hold"],
  16: ["invalid-json", "the text ends too early", JSON_HELP],
  17: ["invalid-json", "this character cannot stand here", JSON_HELP],
  18: ["invalid-json", "this is no escape of JSON", JSON_HELP],
  19: ["invalid-json", "a control character in a string must be escaped", JSON_HELP],
  20: ["invalid-json", "half of a surrogate pair is no character", JSON_HELP],
  21: ["invalid-json", "this is no number of JSON", JSON_HELP],
  22: ["invalid-json", "the number is larger than any double", JSON_HELP],
};

/** The error for one of the kernel's fault numbers. `offset` is in bytes from the start of the input. */
export function cborFault(number: number, offset: number): DoterosError {
  const [code, what, help] = FAULTS[number] ?? ["internal", `the CBOR kernel failed with ${number}`, "report it"];
  return new DoterosError(code, `${what}, at byte ${offset}`, { offset, help });
}
