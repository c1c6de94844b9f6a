import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentOf } from "../fixture/component.ts";

/** A folder of a test's own, with files in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "doteros-wasm-"));

  /** Writes a file and answers with its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Makes a folder and answers with its path. */
  folder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The component that moody.wat describes. */
export async function moody(): Promise<Uint8Array> {
  return componentOf(readFileSync(join(import.meta.dirname, "moody.wat"), "utf8"));
}
