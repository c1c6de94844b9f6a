// Writes host/contract/capsule-world.ts, the TypeScript side of wit/: `node .ci/generate-world.mjs`, after a build.
// With --check it writes nothing and fails when the file is not what it would write.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { componentEmbed, componentNew } from "@bytecodealliance/jco";
import { compileComponent } from "doteros-wasm/component";

const root = new URL("../", import.meta.url);
const target = new URL("host/contract/capsule-world.ts", root);

/** All of wit/ as one text: further packages become blocks. */
function witSource() {
  const main = readFileSync(new URL("wit/capsule.wit", root), "utf8");
  const deps = readdirSync(new URL("wit/deps/", root)).flatMap((folder) =>
    readdirSync(new URL(`wit/deps/${folder}/`, root)).map((file) => readFileSync(new URL(`wit/deps/${folder}/${file}`, root), "utf8")),
  );
  return [main, ...deps.map((text) => `${text.replace(/^package ([^;]+);/mu, "package $1 {")}}`)].join("\n");
}

async function readWorld(world) {
  const embedded = await componentEmbed({ dummy: true, witSource: witSource(), world });
  return compileComponent(await componentNew(embedded, []));
}

const camelCase = (label) => label.replaceAll(/-(.)/gu, (_, char) => char.toUpperCase());
const pascalCase = (label) => camelCase(`-${label}`);

/** Prints the types of one interface after the other, each named type once. */
class Printer {
  #declared = new Map();
  lines = [];

  type(type, names) {
    const name = names.get(type);
    if (name !== undefined) return name;
    const of = (part) => this.type(part, names);
    switch (type.kind) {
      case "bool":
        return "boolean";
      case "s64":
      case "u64":
        return "bigint";
      case "string":
      case "char":
        return "string";
      case "list":
        return type.element.kind === "u8" ? "Uint8Array" : `readonly ${bracket(of(type.element))}[]`;
      case "option":
        return `${of(type.element)} | undefined`;
      case "tuple":
        return `readonly [${type.elements.map(of).join(", ")}]`;
      case "enum":
        return type.names.map((label) => `"${label}"`).join(" | ");
      case "variant":
        return type.cases
          .map((entry) => `{ readonly tag: "${entry.name}"${entry.type === undefined ? "" : `; readonly val: ${of(entry.type)}`} }`)
          .join(" | ");
      default:
        if (/^[suf]\d+$/u.test(type.kind)) return "number";
        throw new Error(`the world has a type that is not printed yet: ${type.kind}`);
    }
  }

  declare(name, type, names) {
    const text =
      type.kind === "record"
        ? `export interface ${name} {\n${type.fields.map((field) => `  ${this.field(field, names)}`).join("\n")}\n}`
        : `export type ${name} = ${this.type(type, names)};`;
    const before = this.#declared.get(name);
    if (before === text) return;
    if (before !== undefined) throw new Error(`two types of the world are named ${name}`);
    this.#declared.set(name, text);
    this.lines.push(text, "");
  }

  field({ name, type }, names) {
    const optional = type.kind === "option" ? "?" : "";
    return `readonly ${camelCase(name)}${optional}: ${this.type(type, names)};`;
  }

  interface(id, exports) {
    const names = new Map();
    for (const { name, type } of exports) {
      if (type.kind !== "type") continue;
      this.declare(pascalCase(name), type.type, names);
      names.set(type.type, pascalCase(name));
    }
    const functions = exports.filter(({ type }) => type.kind === "func");
    if (functions.length === 0) return undefined;
    const title = pascalCase(/\/([^@]+)/u.exec(id)[1]);
    const members = functions.map(({ name, type }) => `  readonly ${camelCase(name)}: ${this.function(type, names)};`);
    this.lines.push(`/** \`${id}\`. A function whose WIT result has an error throws it as a ComponentError. */`);
    this.lines.push(`export interface ${title} {`, ...members, "}", "");
    return title;
  }

  function({ params, result }, names) {
    const list = params.map((param) => `${camelCase(param.name)}: ${this.type(param.type, names)}`).join(", ");
    const returned = result?.kind === "result" ? result.ok : result;
    return `(${list}) => ${returned === undefined ? "void" : this.type(returned, names)}`;
  }
}

function bracket(text) {
  return /[ |]/u.test(text) ? `(${text})` : text;
}

function table(printer, title, comment, externs, optional) {
  const rows = externs.flatMap(({ name, type }) => {
    const printed = type.kind === "instance" ? printer.interface(name, type.exports) : undefined;
    return printed === undefined ? [] : [`  readonly "${name}"${optional(name) ? "?" : ""}: ${printed};`];
  });
  printer.lines.push(`/** ${comment} */`, `export interface ${title} {`, ...rows, "}", "");
}

const world = await readWorld("starting-capsule");
const printer = new Printer();
printer.lines.push("// Generated from wit/ by .ci/generate-world.mjs: change the WIT, not this. The WIT documents every name.", "");
table(printer, "CapsuleImports", "What a capsule may import, by interface.", world.imports, () => false);
table(printer, "CapsuleExports", "What a capsule exports, by interface.", world.exports, (name) => name.includes("/starter@"));
const text = `${printer.lines.join("\n").trimEnd()}\n`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("host/contract/capsule-world.ts is not what wit/ says: run node .ci/generate-world.mjs");
    process.exitCode = 1;
  }
} else writeFileSync(target, text);
