import type { ValueType } from "../../component/type.ts";
import type { Definition } from "./catalog.ts";
import { loadFunction } from "./load-code.ts";
import { camelCase, pascalCase } from "./naming.ts";
import type { SourceFile } from "./source-file.ts";
import { storeFunction } from "./store-code.ts";
import { numberText, typeText } from "./type-text.ts";

/** Writes the class or enum of a named value type, and how it is kept in memory. */
export function declareType(file: SourceFile, { name, label, type }: Definition): void {
  switch (type.kind) {
    case "enum":
    case "flags": {
      const value = (index: number): string => (type.kind === "enum" ? String(index) : index === 31 ? "i32.MIN_VALUE" : String(2 ** index));
      file.doc(label, `The ${type.kind} \`${label}\`${type.kind === "flags" ? ": any of these, joined by `|`" : ""}.`);
      file.block(`export const enum ${name}`, () => {
        type.names.forEach((entry, index) => {
          file.doc(`${label}/${entry}`);
          file.line(`${pascalCase(entry)} = ${value(index)},`);
        });
      });
      return file.line("");
    }
    case "record":
      file.doc(label, `The record \`${label}\`.`);
      file.block(`export class ${name}`, () => {
        file.line("constructor(");
        file.indent(() => {
          for (const field of type.fields) {
            file.doc(`${label}/${field.name}`);
            file.line(`public ${camelCase(field.name)}: ${typeText(file, field.type)},`);
          }
        });
        file.line(") {}");
      });
      break;
    case "variant":
      declareVariant(file, name, label, type);
      break;
    case "resource":
      return;
    default:
  }
  file.line("");
  storeFunction(file, name, type);
  loadFunction(file, name, type);
}

function declareVariant(file: SourceFile, name: string, label: string, type: Extract<ValueType, { kind: "variant" }>): void {
  file.line(`/** Which case a \`${label}\` is. */`);
  file.block(`export const enum ${name}Tag`, () => {
    type.cases.forEach((entry, index) => {
      file.doc(`${label}/${entry.name}`);
      file.line(`${pascalCase(entry.name)} = ${index},`);
    });
  });
  file.line("");
  file.doc(label, `The variant \`${label}\`. Asking for the payload of another case than \`tag\` says ends the call.`);
  file.block(`export class ${name}`, () => {
    file.line(`private constructor(public readonly tag: ${name}Tag) {}`);
    for (const entry of type.cases) {
      const payload = entry.type === undefined ? undefined : typeText(file, entry.type);
      declareCase(file, name, `${label}/${entry.name}`, entry.name, payload, entry.type !== undefined && isNumber(entry.type));
    }
  });
}

function isNumber(type: ValueType): boolean {
  return numberText(type) !== undefined || type.kind === "enum" || type.kind === "flags";
}

function declareCase(file: SourceFile, name: string, path: string, label: string, payload: string | undefined, isPlain: boolean): void {
  const member = camelCase(label);
  const tag = `${name}Tag.${pascalCase(label)}`;
  file.line("");
  if (payload === undefined) {
    file.doc(path);
    file.block(`static ${member}(): ${name}`, () => file.line(`return new ${name}(${tag});`));
    return;
  }
  file.line(`private _${member}: ${payload} = ${isPlain ? "0" : `changetype<${payload}>(0)`};`);
  file.doc(path);
  file.block(`static ${member}(value: ${payload}): ${name}`, () => {
    file.line(`const it = new ${name}(${tag});`);
    file.line(`it._${member} = value;`);
    file.line("return it;");
  });
  file.block(`get ${member}(): ${payload}`, () => {
    file.line(`if (this.tag != ${tag}) abi.otherCase("${name}", "${member}");`);
    file.line(`return this._${member};`);
  });
}
