import { type FlatType, layoutOf } from "../../component/layout.ts";
import type { ValueType } from "../../component/type.ts";
import { liftHandle, lowerHandle } from "./handle.ts";
import { liftAlternative, liftElements } from "./load-code.ts";
import { camelCase } from "./naming.ts";
import type { SourceFile } from "./source-file.ts";
import { alternativeOf, bound, lowerElements } from "./store-code.ts";
import { type FixedType, isFixed, numberText, typeText } from "./type-text.ts";

/** A core value: an expression and what it is of. */
export interface Flat {
  readonly text: string;
  readonly type: FlatType;
}

type VariantLike = Extract<ValueType, { kind: "variant" | "option" | "result" }>;

/** The core values of a type that is known to have few enough of them. */
function flatTypes(type: ValueType): readonly FlatType[] {
  return layoutOf(type).flat ?? [];
}

/** Writes the code that takes a value apart. @returns its core values */
export function lowerFlat(file: SourceFile, type: ValueType, value: string): string[] {
  if (numberText(type) !== undefined) return [type.kind === "bool" ? `<i32>${value}` : value];
  switch (type.kind) {
    case "string": {
      const text = file.fresh("text");
      file.line(`const ${text} = abi.wellFormed(${value});`);
      return [`<i32>abi.addressOf(${text})`, `${text}.length`];
    }
    case "list":
    case "map": {
      if (isFixed(type)) return lowerFixed(file, type, value);
      const [pointer, length] = lowerElements(file, type, value);
      return [`<i32>${pointer}`, length];
    }
    case "record": {
      const record = bound(file, "record", value);
      return type.fields.flatMap((field) => lowerFlat(file, field.type, `${record}.${camelCase(field.name)}`));
    }
    case "tuple": {
      const tuple = bound(file, "tuple", value);
      return type.elements.flatMap((element, index) => lowerFlat(file, element, `${tuple}.item${index}`));
    }
    case "own":
    case "borrow":
      return [lowerHandle(file, type, value)];
    case "variant":
    case "option":
    case "result":
      return lowerVariant(file, type, value);
    default:
      return [value];
  }
}

function lowerVariant(file: SourceFile, type: VariantLike, value: string): string[] {
  const types = flatTypes(type);
  const names = types.map((flat) => {
    const name = file.fresh("flat");
    file.line(`let ${name}: ${flat} = 0;`);
    return name;
  });
  const assign = (tag: number, payload: ValueType | undefined, text: string): void => {
    file.line(`${names[0]} = ${tag};`);
    if (payload === undefined) return;
    const natural = flatTypes(payload);
    lowerFlat(file, payload, text).forEach((flat, index) => {
      const wide = types[index + 1] ?? "i32";
      file.line(`${names[index + 1]} = ${widen(flat, natural[index] ?? "i32", wide)};`);
    });
  };
  if (type.kind === "variant") {
    const subject = bound(file, "variant", value);
    type.cases.forEach((entry, index) => {
      file.block(`if (${subject}.tag == ${index})`, () => assign(index, entry.type, `${subject}.${camelCase(entry.name)}`));
    });
    return names;
  }
  const { subject, condition, cases } = alternativeOf(file, type, value);
  const [no, yes] = cases;
  file.either(condition, () => assign(1, yes.type, `${subject}${yes.member}`), () => assign(0, no.type, `${subject}${no.member}`));
  return names;
}

/** A core value in the wider type that the cases of a variant share. */
function widen(text: string, from: FlatType, to: FlatType): string {
  if (from === to) return text;
  if (from === "f32") return to === "i32" ? `reinterpret<i32>(${text})` : `<i64><u32>reinterpret<i32>(${text})`;
  return from === "f64" ? `reinterpret<i64>(${text})` : `<i64><u32>(${text})`;
}

function narrow({ text, type }: Flat, to: FlatType): Flat {
  if (type === to) return { text, type };
  if (to === "f32") return { text: `reinterpret<f32>(${type === "i32" ? text : `<i32>${text}`})`, type: to };
  return { text: to === "f64" ? `reinterpret<f64>(${text})` : `<i32>${text}`, type: to };
}

/** Writes the code that puts a value together. @returns the value, as an expression */
export function liftFlat(file: SourceFile, type: ValueType, flats: readonly Flat[]): string {
  const [first = { text: "0", type: "i32" }, second = first] = flats;
  const number = numberText(type);
  if (number !== undefined) return liftNumber(number, first.text);
  switch (type.kind) {
    case "string":
      return `abi.textAt(${first.text}, ${second.text})`;
    case "list":
    case "map":
      if (isFixed(type)) return liftFixed(file, type, flats);
      return liftElements(file, type, `<usize>${first.text}`, second.text);
    case "record":
      return `new ${typeText(file, type)}(${liftEach(file, type.fields.map((field) => field.type), flats)})`;
    case "tuple":
      return `new ${typeText(file, type)}(${liftEach(file, type.elements, flats)})`;
    case "own":
    case "borrow":
      return liftHandle(file, type, first.text);
    case "option":
    case "result":
      return liftAlternative(file, type, `${first.text} != 0`, (payload) => liftPayload(file, payload, flats));
    case "variant":
      return liftVariant(file, type, flats);
    default:
      return first.text;
  }
}

function liftNumber(number: string, text: string): string {
  if (number === "bool") return `${text} != 0`;
  return ["i32", "i64", "f32", "f64"].includes(number) ? text : `<${number}>${text}`;
}

function liftEach(file: SourceFile, types: readonly ValueType[], flats: readonly Flat[]): string {
  let next = 0;
  return types
    .map((type) => {
      const start = next;
      next += flatTypes(type).length;
      return liftFlat(file, type, flats.slice(start, next));
    })
    .join(", ");
}

/** The elements of a short list of fixed length are core values of their own. */
function lowerFixed(file: SourceFile, type: FixedType, value: string): string[] {
  const list = bound(file, "list", value);
  file.line(`abi.sameLength(${list}.length, ${type.length});`);
  return Array.from({ length: type.length }, (_, index) => lowerFlat(file, type.element, `${list}[${index}]`)).flat();
}

function liftFixed(file: SourceFile, type: FixedType, flats: readonly Flat[]): string {
  const list = file.fresh("list");
  const each = flatTypes(type.element).length;
  file.line(`const ${list} = new ${typeText(file, type)}(${type.length});`);
  for (let index = 0; index < type.length; index++) {
    file.line(`${list}[${index}] = ${liftFlat(file, type.element, flats.slice(index * each, (index + 1) * each))};`);
  }
  return list;
}

function liftPayload(file: SourceFile, type: ValueType, flats: readonly Flat[]): string {
  const given = flats.slice(1);
  return liftFlat(file, type, flatTypes(type).map((to, index) => narrow(given[index] ?? { text: "0", type: to }, to)));
}

function liftVariant(file: SourceFile, type: Extract<ValueType, { kind: "variant" }>, flats: readonly Flat[]): string {
  const text = typeText(file, type);
  const name = file.fresh("variant");
  const tag = flats[0]?.text ?? "0";
  file.line(`let ${name} = changetype<${text}>(0);`);
  file.line(`if (<u32>${tag} >= ${type.cases.length}) abi.noCase("${text}");`);
  type.cases.forEach((entry, index) => {
    const { type: payload } = entry;
    file.block(`if (${tag} == ${index})`, () => {
      file.line(`${name} = ${text}.${camelCase(entry.name)}(${payload === undefined ? "" : liftPayload(file, payload, flats)});`);
    });
  });
  return name;
}
