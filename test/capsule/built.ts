import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The component of a capsule in capsules-as/, as the project's own build has left it. */
export function builtCapsule(name: string): Uint8Array {
  const file = join(import.meta.dirname, "..", "..", ".build", "capsules", name, `${name}.wasm`);
  if (!existsSync(file)) throw new Error(`${name} is not built; run: node capsules-as/build.mjs ${name}`);
  return readFileSync(file);
}

/** The manifest of a capsule in capsules-as/, as YAML has it. */
export function builtManifest(name: string): unknown {
  return parse(readFileSync(join(import.meta.dirname, "..", "..", "capsules-as", name, "capsule.yaml"), "utf8"));
}

/** The bytes of the only core module that defines a memory: the capsule itself, without the wit-component shims. */
export function coreModuleOf(component: Uint8Array): Uint8Array {
  let at = 8;
  while (at < component.length) {
    const section = component[at];
    const { value: size, end } = readLength(component, at + 1);
    const content = component.subarray(end, end + size);
    if (section === 1 && exportsMemory(content)) return content;
    at = end + size;
  }
  throw new Error("the component holds no core module that exports a memory");
}

function exportsMemory(module: Uint8Array): boolean {
  return WebAssembly.Module.exports(new WebAssembly.Module(module)).some(({ kind }) => kind === "memory");
}

/** An unsigned LEB128 number. */
function readLength(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start; ; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
}
