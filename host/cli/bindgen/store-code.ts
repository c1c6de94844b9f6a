import { layoutOf, payloadOffset, sequence } from "../../component/layout.ts";
import type { ValueType } from "../../component/type.ts";
import { alignTo, discriminantBytes } from "../../component/value-type.ts";
import { lowerHandle } from "./handle.ts";
import { camelCase as memberName } from "./naming.ts";
import type { SourceFile } from "./source-file.ts";
import { type FixedType, isFixed, isNullable, numberText, typedArray } from "./type-text.ts";

/** An address and how far behind it something lies. */
export interface Place {
  readonly base: string;
  readonly offset: number;
}

/** A place as an expression. */
export function addressText({ base, offset }: Place): string {
  return offset === 0 ? base : `${base} + ${offset}`;
}

/** `store` or `load` at a place, with what comes between. */
export function accessText(what: string, { base, offset }: Place, value?: string): string {
  const parts = [base, ...(value === undefined ? [] : [value]), ...(offset === 0 ? [] : [String(offset)])];
  return `${what}(${parts.join(", ")})`;
}

/** The unsigned number type of so many bytes. */
export function unsigned(bytes: number): string {
  return `u${8 * bytes}`;
}

/** Where each of several values lies that come one after the other. */
export function offsetsOf(types: readonly ValueType[]): number[] {
  return types.map((type, index) => alignTo(endOf(types.slice(0, index)), layoutOf(type).align));
}

function endOf(types: readonly ValueType[]): number {
  let end = 0;
  for (const type of types) end = alignTo(end, layoutOf(type).align) + layoutOf(type).size;
  return end;
}

/** Writes the code that puts `value` into memory as the canonical ABI has it. */
export function storeValue(file: SourceFile, type: ValueType, place: Place, value: string): void {
  const put = (what: string, text: string, at: Place = place): void => file.line(`${accessText(`store<${what}>`, at, text)};`);
  const number = numberText(type);
  if (number !== undefined) return put(number === "bool" ? "u8" : number, number === "bool" ? `<u8>${value}` : value);
  switch (type.kind) {
    case "string":
      return file.line(`abi.storeText(${addressText(place)}, ${value});`);
    case "list":
    case "map": {
      if (isFixed(type)) return storeFixed(file, type, addressText(place), value);
      const [pointer, length] = lowerElements(file, type, value);
      put("usize", pointer);
      return put("i32", length, { ...place, offset: place.offset + 4 });
    }
    case "enum":
    case "flags": {
      const bits = unsigned(layoutOf(type).size);
      return put(bits, `<${bits}>${value}`);
    }
    case "tuple": {
      const tuple = bound(file, "tuple", value);
      const offsets = offsetsOf(type.elements);
      return type.elements.forEach((element, index) => {
        storeValue(file, element, { ...place, offset: place.offset + (offsets[index] ?? 0) }, `${tuple}.item${index}`);
      });
    }
    case "option":
    case "result":
      return storeAlternative(file, type, place, value);
    case "own":
    case "borrow":
      return put("i32", lowerHandle(file, type, value));
    default:
      return file.line(`${codecName(file, "store", type)}(${addressText(place)}, ${value});`);
  }
}

function storeAlternative(file: SourceFile, type: Extract<ValueType, { kind: "option" | "result" }>, place: Place, value: string): void {
  const { subject, condition, cases } = alternativeOf(file, type, value);
  const payload = { ...place, offset: place.offset + payloadOffset(cases.map((entry) => entry.type)) };
  const put = (index: 0 | 1): void => {
    file.line(`${accessText("store<u8>", place, String(index))};`);
    const entry = cases[index];
    if (entry.type !== undefined) storeValue(file, entry.type, payload, `${subject}${entry.member}`);
  };
  file.either(condition, () => put(1), () => put(0));
}

/** What an option or result has in common with a variant: a question, and what each answer brings. */
export interface Alternative {
  readonly subject: string;
  /** True for the second case. */
  readonly condition: string;
  readonly cases: readonly [{ readonly type: ValueType | undefined; readonly member: string }, { readonly type: ValueType | undefined; readonly member: string }];
}

/** Reads an option or result, whose value gets a name. */
export function alternativeOf(file: SourceFile, type: Extract<ValueType, { kind: "option" | "result" }>, value: string): Alternative {
  const subject = bound(file, type.kind, value);
  if (type.kind === "result") {
    return { subject, condition: `${subject}.isError`, cases: [{ type: type.ok, member: ".value" }, { type: type.err, member: ".error" }] };
  }
  const isNull = isNullable(type.element);
  return {
    subject,
    condition: isNull ? `${subject} !== null` : `${subject}.isSome`,
    cases: [{ type: undefined, member: "" }, { type: type.element, member: isNull ? "" : ".value" }],
  };
}

/** Writes what finds or makes the memory of a list or map. @returns where it is, and how many elements it has */
export function lowerElements(file: SourceFile, type: Extract<ValueType, { kind: "list" | "map" }>, value: string): [string, string] {
  if (type.kind === "map") return lowerMap(file, type, value);
  const list = bound(file, "list", value);
  if (typedArray(type) !== undefined) return [`${list}.dataStart`, `${list}.length`];
  const { size } = layoutOf(type.element);
  const items = file.fresh("items");
  file.line(`const ${items} = abi.allocate(<usize>${list}.length * ${size});`);
  eachIndex(file, `${list}.length`, (index) => {
    const at = file.fresh("at");
    file.line(`const ${at} = ${items} + <usize>${index} * ${size};`);
    storeValue(file, type.element, { base: at, offset: 0 }, `${list}[${index}]`);
  });
  return [items, `${list}.length`];
}

/** A map travels as a list of pairs, in the order its keys were set in. */
function lowerMap(file: SourceFile, type: Extract<ValueType, { kind: "map" }>, value: string): [string, string] {
  const map = bound(file, "map", value);
  const { size } = sequence([type.key, type.value]);
  const [, second = 0] = offsetsOf([type.key, type.value]);
  const [keys, values, items] = ["keys", "values", "items"].map((what) => file.fresh(what)) as [string, string, string];
  file.line(`const ${keys} = ${map}.keys();`);
  file.line(`const ${values} = ${map}.values();`);
  file.line(`const ${items} = abi.allocate(<usize>${keys}.length * ${size});`);
  eachIndex(file, `${keys}.length`, (index) => {
    const at = file.fresh("at");
    file.line(`const ${at} = ${items} + <usize>${index} * ${size};`);
    storeValue(file, type.key, { base: at, offset: 0 }, `${keys}[${index}]`);
    storeValue(file, type.value, { base: at, offset: second }, `${values}[${index}]`);
  });
  return [items, `${keys}.length`];
}

/** Writes the code that stores a list of fixed length. */
function storeFixed(file: SourceFile, type: FixedType, base: string, value: string): void {
  const list = bound(file, "list", value);
  const from = bound(file, "from", base);
  file.line(`abi.sameLength(${list}.length, ${type.length});`);
  eachIndex(file, String(type.length), (index) => {
    const at = file.fresh("at");
    file.line(`const ${at} = ${from} + <usize>${index} * ${layoutOf(type.element).size};`);
    storeValue(file, type.element, { base: at, offset: 0 }, `${list}[${index}]`);
  });
}

/** Writes a loop over `count` elements. `body` writes what is done with each. */
export function eachIndex(file: SourceFile, count: string, body: (index: string) => void): void {
  const index = file.fresh("index");
  file.block(`for (let ${index} = 0; ${index} < ${count}; ${index}++)`, () => body(index));
}

/** A name for a value, so that it is computed once. */
export function bound(file: SourceFile, what: string, value: string): string {
  if (/^\w+$/u.test(value)) return value;
  const name = file.fresh(what);
  file.line(`const ${name} = ${value};`);
  return name;
}

/** The function that stores or loads a record or variant, in the file that defines it. */
export function codecName(file: SourceFile, what: "store" | "load", type: ValueType): string {
  const definition = file.definition(type);
  return file.use(definition.file, `_${what}${definition.name}`);
}

/** Writes the function that stores a record or variant. */
export function storeFunction(file: SourceFile, name: string, type: Extract<ValueType, { kind: "record" | "variant" }>): void {
  file.restart();
  file.block(`export function _store${name}(at: usize, value: ${name}): void`, () => {
    if (type.kind === "record") {
      const offsets = offsetsOf(type.fields.map((field) => field.type));
      type.fields.forEach((field, index) => {
        storeValue(file, field.type, { base: "at", offset: offsets[index] ?? 0 }, `value.${memberName(field.name)}`);
      });
      return;
    }
    const bits = unsigned(discriminantBytes(type.cases.length));
    const offset = payloadOffset(type.cases.map((entry) => entry.type));
    file.line(`store<${bits}>(at, <${bits}>value.tag);`);
    type.cases.forEach((entry, index) => {
      const { type: payload } = entry;
      if (payload === undefined) return;
      file.block(`if (value.tag == ${index})`, () => storeValue(file, payload, { base: "at", offset }, `value.${memberName(entry.name)}`));
    });
  });
  file.line("");
}
