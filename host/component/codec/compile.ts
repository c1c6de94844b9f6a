import { DoterosError } from "../../contract/error.ts";
import type { RuntimeResource } from "../instance.ts";
import { layoutOf } from "../layout.ts";
import { camelCase } from "../name.ts";
import type { FunctionType, ResourceType, ValueType } from "../type.ts";
import { factsOf } from "../value-type.ts";
import type { Codec } from "./codec.ts";
import { BYTES, list } from "./list.ts";
import { record, tuple } from "./record.ts";
import type { Members } from "./members.ts";
import { members } from "./members.ts";
import { SCALARS } from "./scalar.ts";
import { STRING } from "./string.ts";
import { enumeration, nestedOption, option, outcome, result, variant } from "./variant.ts";

/** Finds the resource type of one instance that stands for a resource type of its component. */
export type ResourceLookup = (resource: ResourceType) => RuntimeResource;

/** Makes the codecs that few components need: of handles, which are those of one instance, maps, flags, some lists. */
export type SeldomCodec = (type: ValueType, of: (part: ValueType) => Codec) => Codec | undefined;

type Shared = WeakMap<object, unknown>;

/** Codecs of types without handles are the same for every instance; what a function returns has one of its own. */
const shared: Shared = new WeakMap();
const outcomes: Shared = new WeakMap();

function once<T>(type: object, hasHandles: boolean, make: () => T, known: Shared = shared): T {
  if (hasHandles) return make();
  let made = known.get(type) as T | undefined;
  if (made === undefined) known.set(type, (made = make()));
  return made;
}

/** The parameters of a function. */
export function compileParameters(type: FunctionType, seldom: SeldomCodec): Members {
  const types = type.params.map((param) => param.type);
  return once(type, types.some((part) => factsOf(part).handles), () => members(types.map((part) => compile(part, seldom))));
}

/** The codec of what a function returns; a result is then the value or a {@link Failure}. */
export function compileResult(type: ValueType, seldom: SeldomCodec): Codec {
  if (type.kind !== "result") return compile(type, seldom);
  const make = (): Codec => {
    const [ok, err] = [type.ok, type.err].map((part) => part && compile(part, seldom));
    return outcome(ok, err, layoutOf(type));
  };
  return once(type, factsOf(type).handles, make, outcomes);
}

/** The codec of a value type. */
export function compile(type: ValueType, seldom: SeldomCodec): Codec {
  return once(type, factsOf(type).handles, () => build(type, seldom));
}

function build(type: ValueType, seldom: SeldomCodec): Codec {
  const of = (part: ValueType): Codec => compile(part, seldom);
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
      if (type.length === undefined && type.element.kind === "u8") return BYTES;
      return seldom(type, of) ?? list(of(type.element));
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
    case "borrow":
    case "map":
    case "flags":
    case "stream":
    case "future":
    case "error-context":
      return seldom(type, of) ?? waits(type);
    default:
      return SCALARS[type.kind];
  }
}

function waits({ kind }: ValueType): never {
  throw new DoterosError("unsupported", `the component uses the asynchronous model: a ${kind}`);
}
