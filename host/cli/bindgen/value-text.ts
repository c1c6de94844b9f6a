import { SDK } from "./source-file.ts";

/** The generated `value.ts`: the types that WIT has and AssemblyScript lacks, with tuples of these lengths. */
export function valueText(tupleLengths: readonly number[]): string {
  return [`export { NOTHING, Nothing, Option, Result } from "${SDK}/value";\n`, ...tupleLengths.map(tupleText)].join("\n");
}

function tupleText(length: number): string {
  const all = Array.from({ length }, (_, index) => index);
  const params = all.map((index) => `T${index}`).join(", ");
  const fields = all.map((index) => `    public item${index}: T${index},\n`).join("");
  return `/** A tuple of ${length}. */\nexport class Tuple${length}<${params}> {\n  constructor(\n${fields}  ) {}\n}\n`;
}
