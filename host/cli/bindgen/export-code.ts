import { layoutOf, sequence, signatureOf } from "../../component/layout.ts";
import type { FunctionType } from "../../component/type.ts";
import type { Memory } from "../build/transform.ts";
import { type Definition, functionName, type NamedFunction, type Part } from "./catalog.ts";
import { liftFlat, lowerFlat } from "./flat-code.ts";
import { loadValue } from "./load-code.ts";
import { pascalCase } from "./naming.ts";
import { implementationOf, type SourceFile } from "./source-file.ts";
import { offsetsOf, storeValue } from "./store-code.ts";

/** A function of a generated file, and the name that the canonical ABI wants it exported under. */
export interface CoreExport {
  readonly file: string;
  readonly name: string;
  readonly wanted: string;
}

/** Writes what the host calls, which calls what a person wrote. */
export function exportFunctions(file: SourceFile, part: Part, memory: Memory): CoreExport[] {
  const prefix = part.id === undefined ? "" : `${part.id}#`;
  return part.functions.flatMap((entry) => {
    const name = adapterName(entry.name);
    const adapter = { file: part.file, name, wanted: `${prefix}${entry.name}` };
    writeAdapter(file, entry, name, calleeOf(file, part, entry.name), memory);
    // What lay in the arena stays readable; a collector writes over what it frees, so it has to wait for the host.
    if (memory === "call" || !signatureOf(entry.type, "lift").resultSpills) return [adapter];
    file.block(`export function ${name}Post(at: usize): void`, () => file.line("abi.endCall();"));
    file.line("");
    return [adapter, { file: part.file, name: `${name}Post`, wanted: `cabi_post_${prefix}${entry.name}` }];
  });
}

function adapterName(label: string): string {
  const { resource, name } = functionName(label);
  return `_export${resource === undefined ? "" : pascalCase(resource)}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** How the function behind an export is called, but for its arguments. */
function calleeOf(file: SourceFile, part: Part, label: string): (args: readonly string[]) => string {
  const { kind, resource = "", name } = functionName(label);
  const list = (args: readonly string[]): string => `(${args.join(", ")})`;
  const implementation = implementationOf(part.file);
  if (kind === "function") {
    const callee = file.use(implementation, name);
    return (args) => callee + list(args);
  }
  if (kind === "method") return ([self = "", ...args]) => `${self}.${name}${list(args)}`;
  const owner = file.use(implementation, pascalCase(resource));
  return kind === "constructor" ? (args) => `new ${owner}${list(args)}` : (args) => `${owner}.${name}${list(args)}`;
}

function writeAdapter(file: SourceFile, { type }: NamedFunction, name: string, call: (args: readonly string[]) => string, memory: Memory): void {
  file.restart();
  const { params, results, resultSpills } = signatureOf(type, "lift");
  const list = params.map((flat, index) => `p${index}: ${flat}`).join(", ");
  file.block(`export function ${name}(${list}): ${results[0] ?? "void"}`, () => {
    const args = liftParams(file, type).map((value, index) => {
      file.line(`const _argument${index} = ${value};`);
      return `_argument${index}`;
    });
    file.line(`${type.result === undefined ? "" : "const _answer = "}${call(args)};`);
    if (hasLoan(type)) file.line("abi.endLoans();");
    if (type.result === undefined) file.line("abi.endCall();");
    else if (resultSpills) {
      const { size, align } = layoutOf(type.result);
      file.line(`const _at: usize = memory.data(${size}, ${align});`);
      storeValue(file, type.result, { base: "_at", offset: 0 }, "_answer");
      if (memory === "call") file.line("abi.endCall();");
      file.line("return <i32>_at;");
    } else {
      const [word = "0"] = lowerFlat(file, type.result, "_answer");
      file.line(`const _word: ${results[0] ?? "i32"} = ${word};`);
      file.line("abi.endCall();");
      file.line("return _word;");
    }
  });
  file.line("");
}

function liftParams(file: SourceFile, type: FunctionType): string[] {
  const types = type.params.map((param) => param.type);
  const { params, paramsSpill } = signatureOf(type, "lift");
  if (paramsSpill) {
    const offsets = offsetsOf(types);
    return types.map((param, index) => loadValue(file, param, { base: "<usize>p0", offset: offsets[index] ?? 0 }));
  }
  let next = 0;
  return types.map((param) => {
    const start = next;
    next += sequence([param]).flat?.length ?? 0;
    return liftFlat(file, param, params.slice(start, next).map((flat, index) => ({ text: `p${start + index}`, type: flat })));
  });
}

/** Whether something may have been lent to the guest that it has to give back. */
function hasLoan(type: FunctionType): boolean {
  return JSON.stringify(type.params, (key, value: unknown) => (key === "root" ? undefined : value)).includes('"kind":"borrow"');
}

/** Writes how a resource that the guest makes goes out as a handle and comes back, and what ends it. */
export function exportResource(file: SourceFile, part: Part, definition: Definition): CoreExport[] {
  const { name, label } = definition;
  const type = file.reference(definition);
  const module = `[export]${part.id ?? "$root"}`;
  for (const [what, result] of [["new", "i32"], ["rep", "i32"], ["drop", "void"]] as const) {
    file.line(`@external("${module}", "[resource-${what}]${label}")`);
    file.line(`declare function _${what}${name}(word: i32): ${result};`);
  }
  file.line("");
  const held = `abi.Held<${type}>`;
  const lines = [
    `export function _own${name}(value: ${type}): i32 {`,
    `  return _new${name}(<i32>__pin(changetype<usize>(new ${held}(value))));`,
    "}",
    "",
    `export function _find${name}(rep: i32): ${type} {`,
    `  return changetype<${held}>(<usize>rep).value;`,
    "}",
    "",
    `export function _take${name}(handle: i32): ${type} {`,
    `  const value = _find${name}(_rep${name}(handle));`,
    `  _drop${name}(handle);`,
    "  return value;",
    "}",
    "",
    `export function _end${name}(rep: i32): void {`,
    "  __unpin(<usize>rep);",
    "}",
    "",
  ];
  for (const line of lines) file.line(line);
  return [{ file: part.file, name: `_end${name}`, wanted: `${part.id ?? ""}#[dtor]${label}` }];
}
