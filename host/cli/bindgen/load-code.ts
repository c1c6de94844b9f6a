import { layoutOf, payloadOffset, sequence } from "../../component/layout.ts";
import type { ValueType } from "../../component/type.ts";
import { discriminantBytes } from "../../component/value-type.ts";
import { liftHandle } from "./handle.ts";
import { camelCase } from "./naming.ts";
import type { SourceFile } from "./source-file.ts";
import { accessText, addressText, bound, codecName, eachIndex, offsetsOf, type Place, unsigned } from "./store-code.ts";
import { type FixedType, isFixed, isNullable, numberText, typedArray, typeText } from "./type-text.ts";

/** Writes the code that reads a value out of memory. @returns the value, as an expression */
export function loadValue(file: SourceFile, type: ValueType, place: Place): string {
  const number = numberText(type);
  if (number === "bool") return `${accessText("load<u8>", place)} != 0`;
  if (number !== undefined) return accessText(`load<${number}>`, place);
  switch (type.kind) {
    case "string":
      return `abi.loadText(${addressText(place)})`;
    case "list":
    case "map":
      if (isFixed(type)) return loadFixed(file, type, addressText(place));
      return liftElements(file, type, accessText("load<usize>", place), accessText("load<i32>", { ...place, offset: place.offset + 4 }));
    case "enum":
    case "flags":
      return accessText(`load<${unsigned(layoutOf(type).size)}>`, place);
    case "tuple": {
      const offsets = offsetsOf(type.elements);
      const items = type.elements.map((element, index) => loadValue(file, element, { ...place, offset: place.offset + (offsets[index] ?? 0) }));
      return bound(file, "tuple", `new ${typeText(file, type)}(${items.join(", ")})`);
    }
    case "option":
    case "result": {
      const offset = place.offset + payloadOffset(type.kind === "option" ? [undefined, type.element] : [type.ok, type.err]);
      return liftAlternative(file, type, `${accessText("load<u8>", place)} != 0`, (payload) => loadValue(file, payload, { ...place, offset }));
    }
    case "own":
    case "borrow":
      return liftHandle(file, type, accessText("load<i32>", place));
    default:
      return `${codecName(file, "load", type)}(${addressText(place)})`;
  }
}

/** Writes the code that makes an option or result, whose payload `lift` makes. */
export function liftAlternative(
  file: SourceFile,
  type: Extract<ValueType, { kind: "option" | "result" }>,
  condition: string,
  lift: (payload: ValueType) => string,
): string {
  const text = typeText(file, type);
  const name = file.fresh(type.kind);
  if (type.kind === "option") {
    const isNull = isNullable(type.element);
    const none = isNull ? "null" : `${file.use("value", "Option")}.none<${typeText(file, type.element)}>()`;
    file.line(`let ${name}: ${text} = ${none};`);
    file.block(`if (${condition})`, () => {
      const value = lift(type.element);
      file.line(`${name} = ${isNull ? value : `${file.use("value", "Option")}.some<${typeText(file, type.element)}>(${value})`};`);
    });
    return name;
  }
  const sides = `<${typeText(file, type.ok)}, ${typeText(file, type.err)}>`;
  const make = (what: string, payload: ValueType | undefined): void => {
    const value = payload === undefined ? file.use("value", "NOTHING") : lift(payload);
    file.line(`${name} = ${file.use("value", "Result")}.${what}${sides}(${value});`);
  };
  file.line(`let ${name} = changetype<${text}>(0);`);
  file.either(condition, () => make("error", type.err), () => make("ok", type.ok));
  return name;
}

/** Writes the code that makes a list or map of what lies at an address. @returns its name, or the expression that is it */
export function liftElements(file: SourceFile, type: Extract<ValueType, { kind: "list" | "map" }>, pointer: string, length: string): string {
  if (type.kind === "map") return liftMap(file, type, pointer, length);
  const array = typedArray(type);
  if (array !== undefined) return `abi.arrayAt<${array}>(${pointer}, ${length})`;
  const list = file.fresh("list");
  const [from, count] = [bound(file, "from", pointer), bound(file, "count", length)];
  file.line(`const ${list} = new ${typeText(file, type)}();`);
  eachIndex(file, count, (index) => {
    const item = file.fresh("item");
    file.line(`const ${item} = ${from} + <usize>${index} * ${layoutOf(type.element).size};`);
    file.line(`${list}.push(${loadValue(file, type.element, { base: item, offset: 0 })});`);
  });
  return list;
}

function liftMap(file: SourceFile, type: Extract<ValueType, { kind: "map" }>, pointer: string, length: string): string {
  const map = file.fresh("map");
  const [from, count] = [bound(file, "from", pointer), bound(file, "count", length)];
  const [, second = 0] = offsetsOf([type.key, type.value]);
  file.line(`const ${map} = new ${typeText(file, type)}();`);
  eachIndex(file, count, (index) => {
    const item = file.fresh("item");
    file.line(`const ${item} = ${from} + <usize>${index} * ${sequence([type.key, type.value]).size};`);
    const key = loadValue(file, type.key, { base: item, offset: 0 });
    file.line(`${map}.set(${key}, ${loadValue(file, type.value, { base: item, offset: second })});`);
  });
  return map;
}

/** Writes the code that loads a list of fixed length. @returns its name */
function loadFixed(file: SourceFile, type: FixedType, base: string): string {
  const list = file.fresh("list");
  const from = bound(file, "from", base);
  file.line(`const ${list} = new ${typeText(file, type)}(${type.length});`);
  eachIndex(file, String(type.length), (index) => {
    const item = file.fresh("item");
    file.line(`const ${item} = ${from} + <usize>${index} * ${layoutOf(type.element).size};`);
    file.line(`${list}[${index}] = ${loadValue(file, type.element, { base: item, offset: 0 })};`);
  });
  return list;
}

/** Writes the function that loads a record or variant. */
export function loadFunction(file: SourceFile, name: string, type: Extract<ValueType, { kind: "record" | "variant" }>): void {
  file.restart();
  file.block(`export function _load${name}(at: usize): ${name}`, () => {
    if (type.kind === "record") {
      const offsets = offsetsOf(type.fields.map((field) => field.type));
      const fields = type.fields.map((field, index) => loadValue(file, field.type, { base: "at", offset: offsets[index] ?? 0 }));
      file.line(`return new ${name}(${fields.join(", ")});`);
      return;
    }
    const offset = payloadOffset(type.cases.map((entry) => entry.type));
    liftCases(file, name, type, `load<${unsigned(discriminantBytes(type.cases.length))}>(at)`, (payload) =>
      loadValue(file, payload, { base: "at", offset }),
    );
  });
  file.line("");
}

/** Writes the code that returns the case that a discriminant says; one that says none traps. */
function liftCases(
  file: SourceFile,
  name: string,
  type: Extract<ValueType, { kind: "variant" }>,
  tag: string,
  lift: (payload: ValueType) => string,
): void {
  file.line(`const tag: u32 = ${tag};`);
  type.cases.forEach((entry, index) => {
    const { type: payload } = entry;
    const make = `${name}.${camelCase(entry.name)}`;
    if (payload === undefined) file.line(`if (tag == ${index}) return ${make}();`);
    else file.block(`if (tag == ${index})`, () => file.line(`return ${make}(${lift(payload)});`));
  });
  file.line(`abi.noCase("${name}");`);
  file.line(`return changetype<${name}>(0);`);
}
