import type { ResourceType, ValueType } from "../../component/type.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Catalog, Definition } from "./catalog.ts";
import { pascalCase } from "./naming.ts";
import type { WitDocs } from "./wit-docs.ts";

/** What generated files import of this package. */
export const SDK = "doteros-wasm/sdk/assemblyscript";

/** The text of one generated file while it is being written: its lines, and what it takes from other files. */
export class SourceFile {
  readonly name: string;
  readonly catalog: Catalog;
  readonly #lines: string[] = [];
  readonly #taken = new Set<string>();
  readonly #imports = new Map<string, Map<string, string>>();
  readonly #docs: WitDocs;
  /** The path of the interface that the file is about. */
  readonly #base: string;
  #depth = 0;
  #count = 0;

  /**
   * @param declared the names that the file declares itself
   * @param base the path of what the file is about, in `docs`
   */
  constructor(name: string, catalog: Catalog, declared: Iterable<string>, docs: WitDocs, base: string) {
    this.name = name;
    this.catalog = catalog;
    this.#docs = docs;
    this.#base = base;
    for (const own of declared) this.#taken.add(own);
  }

  line(text: string): void {
    this.#lines.push(text === "" ? "" : `${"  ".repeat(this.#depth)}${text}`);
  }

  /** A doc comment: what the WIT says about the thing at `path` within the file's interface, or else `otherwise`. */
  doc(path: string, otherwise?: string): void {
    const said = this.#docs.get(`${this.#base}/${path}`) ?? (otherwise === undefined ? [] : [otherwise]);
    const lines = said.map((line) => line.replaceAll("*/", "* /"));
    if (lines.length === 1) this.line(`/** ${lines[0]} */`);
    if (lines.length < 2) return;
    this.line("/**");
    for (const line of lines) this.line(` * ${line}`.trimEnd());
    this.line(" */");
  }

  /** `head {`, what `body` writes, and the end of it. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.indent(body);
    this.line("}");
  }

  /** A question, and what is written for either answer. */
  either(condition: string, yes: () => void, no: () => void): void {
    this.line(`if (${condition}) {`);
    this.indent(yes);
    this.line("} else {");
    this.indent(no);
    this.line("}");
  }

  /** Writes what `body` writes one step further in. */
  indent(body: () => void): void {
    this.#depth += 1;
    body();
    this.#depth -= 1;
  }

  /** A name that nothing else has. */
  fresh(what: string): string {
    this.#count += 1;
    return `_${what}${this.#count}`;
  }

  /** Starts a function: its names need to be unique only within it. */
  restart(): void {
    this.#count = 0;
  }

  /** The name under which `name` of another generated file is known here. */
  use(file: string, name: string): string {
    if (file === this.name) return name;
    let names = this.#imports.get(file);
    if (names === undefined) this.#imports.set(file, (names = new Map<string, string>()));
    const known = names.get(name);
    if (known !== undefined) return known;
    const prefix = pascalCase(file.replaceAll(/[^a-z\d-]/gu, ""));
    const local = !this.#taken.has(name) ? name : name.startsWith("_") ? `_${prefix}${name}` : `${prefix}${name}`;
    this.#taken.add(local);
    names.set(name, local);
    return local;
  }

  /** The definition of a type that must have a name. */
  definition(type: ValueType | ResourceType): Definition {
    const found = this.catalog.definitionOf(type);
    if (found === undefined) throw new DoterosError("internal", `a ${type.kind} without a name`, { where: this.name });
    return found;
  }

  /** The name of a definition in this file. */
  reference({ file, name, isOwn }: Definition): string {
    return isOwn ? this.use(implementationOf(file), name) : this.use(file, name);
  }

  /** The whole text, below `header`. */
  text(header: string): string {
    const imports = [...this.#imports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, names]) => {
      const list = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, local]) => (name === local ? name : `${name} as ${local}`));
      return `import { ${list.join(", ")} } from "${file.startsWith(".") ? file : `./${file}`}";`;
    });
    const body = [`import * as abi from "${SDK}/binding";`, ...imports, "", ...this.#lines].join("\n").trimEnd();
    return `${header}\n\n${body}\n`;
  }
}

/** The file that a person writes for an exported interface. */
export function implementationOf(file: string): string {
  return `../${file.replace(/^export-/u, "")}`;
}
