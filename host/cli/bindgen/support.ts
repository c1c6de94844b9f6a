import type { FunctionType, ValueType } from "../../component/type.ts";
import { printType } from "../../component/wit.ts";
import { DoterosError } from "../../contract/error.ts";

const HELP = "leave it out of the world, or write this part by hand against the canonical ABI";

/**
 * Refuses what cannot be generated.
 *
 * @throws DoterosError `unsupported`, with the type and the place
 */
export function refuseUnsupported(type: FunctionType, where: string): void {
  if (type.async) throw new DoterosError("unsupported", "an async function cannot be written in AssemblyScript", { where, help: HELP });
  for (const param of type.params) refuse(param.type, `${where}, parameter ${param.name}`);
  if (type.result !== undefined) refuse(type.result, `${where}, result`);
}

function refuse(type: ValueType, where: string): void {
  if (isUnsupported(type)) {
    throw new DoterosError("unsupported", `the type ${printType(type)} cannot be expressed in AssemblyScript yet`, { where, help: HELP });
  }
  for (const [name, part] of partsOf(type)) refuse(part, name === "" ? where : `${where}, ${name}`);
}

function isUnsupported(type: ValueType): boolean {
  return ["stream", "future", "error-context"].includes(type.kind);
}

function partsOf(type: ValueType): (readonly [string, ValueType])[] {
  switch (type.kind) {
    case "record":
      return type.fields.map((field) => [`field ${field.name}`, field.type]);
    case "variant":
      return type.cases.flatMap((entry) => (entry.type === undefined ? [] : [[`case ${entry.name}`, entry.type] as const]));
    case "list":
    case "option":
      return [["", type.element]];
    case "map":
      return [type.key, type.value].map((part) => ["", part]);
    case "tuple":
      return type.elements.map((element) => ["", element]);
    case "result":
      return [type.ok, type.err].flatMap((part) => (part === undefined ? [] : [["", part] as const]));
    default:
      return [];
  }
}
