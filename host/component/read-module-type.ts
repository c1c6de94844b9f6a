import type { CoreType } from "../wasm/core-type.ts";
import { readCoreExtern } from "../wasm/core-type.ts";
import type { CoreExtern, ModuleType } from "../wasm/module-type.ts";
import type { CoreImports } from "../wasm/read-module.ts";
import { readCoreImport } from "../wasm/read-module.ts";
import type { ByteReader } from "../wasm/reader.ts";
import { readPrefixedType } from "./read-type.ts";
import type { Scope } from "./scope.ts";
import { invalid } from "./scope.ts";

/** Reads the type of a core module: its declarations, behind its opcode. */
export function readModuleDeclarations(reader: ByteReader, scope: Scope): ModuleType {
  const types: CoreType[] = [];
  const imports: CoreImports = new Map();
  const exports = new Map<string, CoreExtern>();
  reader.vector("declarations of a module type", () => {
    const start = reader.position;
    switch (reader.choice(4, "declaration of a module type")) {
      case 0x00:
        readCoreImport(reader, types, imports);
        return;
      case 0x01:
        return readPrefixedType(reader, types);
      case 0x02:
        return readModuleAlias(reader, scope, types);
      default: {
        const name = reader.name();
        if (exports.has(name)) invalid(`export name \`${name}\` already defined`, start);
        exports.set(name, readCoreExtern(reader, types));
      }
    }
  });
  return { kind: "module", imports, exports };
}

function readModuleAlias(reader: ByteReader, scope: Scope, types: CoreType[]): void {
  const start = reader.position;
  reader.expect(0x10, "alias in a module type");
  reader.expect(0x01, "alias in a module type");
  const levels = reader.u32();
  const index = reader.u32();
  if (levels === 0) {
    types.push(types[index] ?? invalid(`unknown type ${index}: type index out of bounds`, start));
    return;
  }
  let from: Scope | undefined = scope;
  for (let level = 1; level < levels && from !== undefined; level++) from = from.parent;
  if (from === undefined) return invalid(`invalid outer alias count of ${levels}`, start);
  const type = from.get("core type", index, start);
  if (type.kind === "module") invalid("a module type cannot be aliased within a module type", start);
  types.push(type);
}
