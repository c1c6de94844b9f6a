import { DoterosError } from "../../contract/error.ts";
import type { RuntimeResource } from "../instance.ts";
import { layoutOf, sequence } from "../layout.ts";
import { camelCase } from "../name.ts";
import type { ResourceType, ValueType } from "../type.ts";
import { factsOf } from "../value-type.ts";
import type { Codec } from "./codec.ts";
import { borrow, own } from "./handle.ts";
import { BYTES, list, map, numberList } from "./list.ts";
import { fixedList, flags, record, tuple } from "./record.ts";
import { SCALARS } from "./scalar.ts";
import { STRING } from "./string.ts";
import { enumeration, nestedOption, option, outcome, result, variant } from "./variant.ts";

/** Finds the resource type of one instance that stands for a resource type of its component. */
export type ResourceLookup = (resource: ResourceType) => RuntimeResource;

/** Codecs of types without handles are the same for every instance. */
const shared = new WeakMap<ValueType, Codec>();

/** The codec of what a function returns; a result is then the value or a {@link Failure}. */
export function compileResult(type: ValueType, resources: ResourceLookup): Codec {
  if (type.kind !== "result") return compile(type, resources);
  const [ok, err] = [type.ok, type.err].map((part) => part && compile(part, resources));
  return outcome(ok, err, layoutOf(type));
}

/** The codec of a value type. */
export function compile(type: ValueType, resources: ResourceLookup): Codec {
  if (factsOf(type).handles) return build(type, resources);
  const known = shared.get(type);
  if (known !== undefined) return known;
  const made = build(type, resources);
  shared.set(type, made);
  return made;
}

function build(type: ValueType, resources: ResourceLookup): Codec {
  const of = (part: ValueType): Codec => compile(part, resources);
  const maybe = (part: ValueType | undefined): Codec | undefined => (part === undefined ? undefined : of(part));
  const layout = layoutOf(type);
  switch (type.kind) {
    case "string":
      return STRING;
    case "record":
      return record(
        type.fields.map((field) => camelCase(field.name)),
        type.fields.map((field) => of(field.type)),
        layout,
      );
    case "tuple":
      return tuple(type.elements.map(of), layout);
    case "list":
      return type.length === undefined ? listOf(type.element, of) : fixedList(of(type.element), type.length, layout);
    case "map":
      return map(tuple([of(type.key), of(type.value)], sequence([type.key, type.value])));
    case "flags":
      return flags(type.names.map(camelCase));
    case "enum":
      return enumeration(type.names, layout);
    case "variant":
      return variant(
        type.cases.map((entry) => entry.name),
        type.cases.map((entry) => maybe(entry.type)),
        layout,
      );
    case "option":
      return type.element.kind === "option" ? nestedOption(of(type.element), layout) : option(of(type.element), layout);
    case "result":
      return result(maybe(type.ok), maybe(type.err), layout);
    case "own":
      return own(resources(type.resource));
    case "borrow":
      return borrow(resources(type.resource));
    case "stream":
    case "future":
    case "error-context":
      throw new DoterosError("unsupported", `the component uses the asynchronous model: a ${type.kind}`);
    default:
      return SCALARS[type.kind];
  }
}

function listOf(element: ValueType, of: (part: ValueType) => Codec): Codec {
  if (element.kind === "u8") return BYTES;
  return numberList(element.kind, of(element)) ?? list(of(element));
}
