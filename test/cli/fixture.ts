import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";

const WIT = join(import.meta.dirname, "..", "..", "wit");

/** A folder of a test's own, with files in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "doteros-wasm-"));

  /** Writes a file and answers with its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The component that moody.wat describes. */
export async function moody(): Promise<Uint8Array> {
  return componentOf(readFileSync(join(import.meta.dirname, "moody.wat"), "utf8"), contracts());
}

/** A component made of a core module, whose imports and exports are those of the world `capsule` in `wit`. */
export async function componentOf(wat: string, wit: string): Promise<Uint8Array> {
  const embedded = await componentEmbed({ binary: await parse(wat), witSource: wit, world: "capsule" });
  return componentNew(embedded);
}

/** The bytes of a component or a core module in WebAssembly's text format. */
export async function wasm(wat: string): Promise<Uint8Array> {
  return parse(wat);
}

/** The contracts of wit/ as one text: the package first, what it depends on nested in it. */
function contracts(): string {
  const folders = readdirSync(join(WIT, "deps"));
  const nested = folders.map((folder) => {
    const text = readFileSync(join(WIT, "deps", folder, `${folder.replace(/^wasi-/, "")}.wit`), "utf8");
    return `${text.replace(/^package (.*);$/m, "package $1 {")}}\n`;
  });
  return [readFileSync(join(WIT, "capsule.wit"), "utf8"), ...nested].join("\n");
}
