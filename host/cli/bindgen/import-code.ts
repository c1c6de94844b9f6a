import { layoutOf, sequence, signatureOf } from "../../component/layout.ts";
import type { FunctionType } from "../../component/type.ts";
import { printFunction, type TypeNames } from "../../component/wit.ts";
import { type Definition, functionName, type NamedFunction, type Part } from "./catalog.ts";
import { liftFlat, lowerFlat } from "./flat-code.ts";
import { loadValue } from "./load-code.ts";
import { camelCase, pascalCase } from "./naming.ts";
import type { SourceFile } from "./source-file.ts";
import { offsetsOf, storeValue } from "./store-code.ts";
import { typeText } from "./type-text.ts";

/** What the canonical ABI calls the functions outside of interfaces. */
const ROOT = "$root";

/** Writes the functions of an imported interface that belong to no resource. */
export function importFunctions(file: SourceFile, part: Part, names: TypeNames): void {
  for (const entry of part.functions) {
    const { kind, name } = functionName(entry.name);
    if (kind !== "function") continue;
    declareImport(file, part, entry);
    file.doc(entry.name, `\`${entry.name}: ${printFunction(entry.type, names)}\``);
    writeCaller(file, entry, `export function ${name}`, entry.type.params.map((param) => camelCase(param.name)));
    file.line("");
  }
}

/** Writes the class of an imported resource. */
export function importResource(file: SourceFile, part: Part, { name, label }: Definition, names: TypeNames): void {
  const own = part.functions.filter((entry) => functionName(entry.name).resource === label);
  for (const entry of own) declareImport(file, part, entry);
  file.line(`@external("${part.id ?? ROOT}", "[resource-drop]${label}")`);
  file.line(`declare function _drop${name}(handle: i32): void;`);
  file.line("");
  file.doc(label, `The resource \`${label}\` of the host, until it is dropped or given away.`);
  file.block(`export class ${name}`, () => {
    file.line("_handle: i32 = 0;");
    file.line("_owned: bool = true;");
    for (const entry of own) {
      file.line("");
      file.doc(`${label}/${memberLabel(entry.name)}`, `\`${entry.name}: ${printFunction(entry.type, names)}\``);
      writeMember(file, entry);
    }
    file.line("");
    for (const line of handleLines(name)) file.line(line);
  });
  file.line("");
  file.block(`function _return${name}(handle: i32): void`, () => file.line(`_drop${name}(handle);`));
  file.line("");
}

/** What WIT calls a function of a resource: `get` of `[method]bucket.get`. */
function memberLabel(name: string): string {
  return name.startsWith("[constructor]") ? "constructor" : name.slice(name.indexOf(".") + 1);
}

/** What every class of a host's resource has. */
function handleLines(name: string): string[] {
  return [
    "/** Gives it back to the host. One that was only lent, or is gone already, is left alone. */",
    "drop(): void {",
    `  if (this._owned && this._handle != 0) _drop${name}(this._take());`,
    "}",
    "",
    "_take(): i32 {",
    "  const handle = this._handle;",
    "  this._handle = 0;",
    "  return handle;",
    "}",
    "",
    `static _of(handle: i32, owned: bool): ${name} {`,
    `  const it = changetype<${name}>(__new(offsetof<${name}>(), idof<${name}>()));`,
    "  it._handle = handle;",
    "  it._owned = owned;",
    `  if (!owned) abi.lend(handle, _return${name});`,
    "  return it;",
    "}",
  ];
}

function writeMember(file: SourceFile, entry: NamedFunction): void {
  const { kind, name } = functionName(entry.name);
  const names = entry.type.params.map((param) => camelCase(param.name));
  if (kind === "constructor") return writeCaller(file, entry, "constructor", names);
  if (kind === "static") return writeCaller(file, entry, `static ${name}`, names);
  return writeCaller(file, entry, name, ["this", ...names.slice(1)]);
}

/** The name of the core function that stands behind a function. */
function coreName(label: string): string {
  const { resource, name } = functionName(label);
  return `_import${resource === undefined ? "" : pascalCase(resource)}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function declareImport(file: SourceFile, part: Part, { name, type }: NamedFunction): void {
  const { params, results } = signatureOf(type, "lower");
  file.line(`@external("${part.id ?? ROOT}", "${name}")`);
  file.line(`declare function ${coreName(name)}(${params.map((flat, index) => `p${index}: ${flat}`).join(", ")}): ${results[0] ?? "void"};`);
  file.line("");
}

/** Writes a function that calls an import with the values of its parameters. */
function writeCaller(file: SourceFile, { name, type }: NamedFunction, head: string, names: readonly string[]): void {
  file.restart();
  const isConstructor = head === "constructor";
  const params = type.params.flatMap((param, index) => {
    const local = names[index] ?? "";
    return local === "this" ? [] : [`${local}: ${typeText(file, param.type)}`];
  });
  const result = type.result === undefined ? "void" : typeText(file, type.result);
  file.block(`${head}(${params.join(", ")})${isConstructor ? "" : `: ${result}`}`, () => {
    const words = lowerParams(file, type, names);
    const { resultSpills } = signatureOf(type, "lower");
    const { result: answer } = type;
    if (answer === undefined || !resultSpills) {
      const call = `${coreName(name)}(${words.join(", ")})`;
      if (answer === undefined) file.line(`${call};`);
      else if (isConstructor) file.line(`this._handle = ${call};`);
      else file.line(`return ${liftCall(file, answer, call)};`);
      return;
    }
    const { size, align } = layoutOf(answer);
    file.line(`const _answer: usize = memory.data(${size}, ${align});`);
    file.line(`${coreName(name)}(${[...words, "<i32>_answer"].join(", ")});`);
    file.line(`return ${loadValue(file, answer, { base: "_answer", offset: 0 })};`);
  });
}

function liftCall(file: SourceFile, type: NonNullable<FunctionType["result"]>, call: string): string {
  const [flat] = layoutOf(type).flat ?? [];
  if (flat === undefined) return call;
  file.line(`const _word = ${call};`);
  return liftFlat(file, type, [{ text: "_word", type: flat }]);
}

function lowerParams(file: SourceFile, type: FunctionType, names: readonly string[]): string[] {
  const types = type.params.map((param) => param.type);
  if (!signatureOf(type, "lower").paramsSpill) return types.flatMap((param, index) => lowerFlat(file, param, names[index] ?? ""));
  const { size, align } = sequence(types);
  const offsets = offsetsOf(types);
  file.line(`const _given: usize = memory.data(${size}, ${align});`);
  types.forEach((param, index) => storeValue(file, param, { base: "_given", offset: offsets[index] ?? 0 }, names[index] ?? ""));
  return ["<i32>_given"];
}
