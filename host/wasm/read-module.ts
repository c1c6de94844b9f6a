import { DoterosError } from "../contract/error.ts";
import { COMPONENT_ITEMS_MAX } from "../contract/limits.ts";
import type { CoreType } from "./core-type.ts";
import { functionTypeAt, readCoreExtern, readGlobal, readMemory, readRecursiveType, readTable, readTag } from "./core-type.ts";
import { type CoreExtern, matchesCore, type ModuleType, type Reserved } from "./module-type.ts";
import type { ByteReader } from "./reader.ts";

/** What a core module imports, by the two names of each. */
export type CoreImports = Map<string, Map<string, CoreExtern>>;

/** The index spaces of a core module, as far as its type needs them. */
interface Spaces {
  readonly types: CoreType[];
  readonly func: CoreExtern[];
  readonly table: CoreExtern[];
  readonly memory: CoreExtern[];
  readonly global: CoreExtern[];
  readonly tag: CoreExtern[];
  readonly imports: CoreImports;
  readonly exports: Map<string, CoreExtern>;
  readonly mayRepeat: boolean;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const SORTS = ["func", "table", "memory", "global", "tag"] as const;

/** Whether bytes begin as those of a core module do. */
export function isModule(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/**
 * Reads the type of a core module: its imports and exports. Function bodies, data and elements are left to the engine,
 * which validates them when it compiles the module.
 *
 * @param reader stands at the module's magic number and ends where the module ends
 * @param mayRepeat whether it may import the same thing twice, as modules on their own may
 * @throws DoterosError `malformed`, `invalid`
 */
export function readModuleType(reader: ByteReader, mayRepeat = false): ModuleType {
  if (reader.end - reader.position < 8) reader.fail("unexpected end of a core module");
  const start = reader.position;
  for (const byte of MAGIC) if (reader.byte() !== byte) reader.fail("not a core module of version 1", start);
  const spaces: Spaces = {
    types: [],
    func: [],
    table: [],
    memory: [],
    global: [],
    tag: [],
    imports: new Map(),
    exports: new Map(),
    mayRepeat,
  };
  while (!reader.done) {
    const id = reader.byte();
    readSection(reader.section(reader.u32()), id, spaces);
  }
  return { kind: "module", imports: spaces.imports, exports: spaces.exports, reserved: reservedBy(spaces) };
}

/** Sums up the memories and tables that a module defines itself; those that it imports are others'. */
function reservedBy({ memory, table, imports }: Spaces): Reserved {
  const imported = new Set<CoreExtern>();
  for (const names of imports.values()) for (const type of names.values()) imported.add(type);
  let memoryBytes = 0;
  let tableElements = 0;
  for (const type of [...memory, ...table]) {
    if (imported.has(type)) continue;
    if (type.kind === "memory") memoryBytes += type.limits.min * 2 ** type.pageBits;
    if (type.kind === "table") tableElements += type.limits.min;
  }
  return { memoryBytes, tableElements };
}

function readSection(section: ByteReader, id: number, spaces: Spaces): void {
  switch (id) {
    case 1:
      return each(section, "types", () => readRecursiveType(section, spaces.types));
    case 2:
      return each(section, "imports", () => {
        const type = readCoreImport(section, spaces.types, spaces.imports, spaces.mayRepeat);
        spaces[type.kind].push(type);
      });
    case 3:
      return each(section, "functions", () => spaces.func.push(functionTypeAt(section, spaces.types)));
    case 4:
      return each(section, "tables", () => {
        // A table may carry an initial value behind this prefix; its expression ends the parts that matter here.
        const initial = section.skip(0x40);
        if (initial) section.expect(0x00, "table prefix");
        spaces.table.push(readTable(section));
        if (initial) skipConstant(section);
      });
    case 5:
      return each(section, "memories", () => spaces.memory.push(readMemory(section)));
    case 6:
      return each(section, "globals", () => {
        spaces.global.push(readGlobal(section));
        skipConstant(section);
      });
    case 7:
      return each(section, "exports", () => readExport(section, spaces));
    case 13:
      return each(section, "tags", () => spaces.tag.push(readTag(section, spaces.types)));
    default:
  }
}

function each(section: ByteReader, what: string, read: () => unknown): void {
  for (let count = section.count(COMPONENT_ITEMS_MAX, what); count > 0; count--) read();
}

/** Reads one import of a module or of a module type, and enters it in `imports`. */
export function readCoreImport(reader: ByteReader, types: readonly CoreType[], imports: CoreImports, mayRepeat = false): CoreExtern {
  const start = reader.position;
  const module = reader.name();
  const name = reader.name();
  const type = readCoreExtern(reader, types);
  let names = imports.get(module);
  if (names === undefined) imports.set(module, (names = new Map<string, CoreExtern>()));
  // Core wasm allows this; the component model does not, because it joins the two names into one.
  const known = names.get(name);
  if (known !== undefined) {
    if (mayRepeat && matchesCore(known, type) && matchesCore(type, known)) return known;
    const message = `duplicate import name \`${module}:${name}\` (at offset 0x${start.toString(16)})`;
    throw new DoterosError("invalid", message, { offset: start });
  }
  names.set(name, type);
  return type;
}

function readExport(section: ByteReader, spaces: Spaces): void {
  const name = section.name();
  const start = section.position;
  const sort = SORTS[section.choice(5, "sort of an export")] as (typeof SORTS)[number];
  const type = spaces[sort][section.u32()];
  if (type === undefined) section.fail(`unknown ${sort}: the export "${name}" has no such index`, start);
  spaces.exports.set(name, type);
}

/** Constant expressions of globals hold few instructions; each is skipped by the length of its immediates. */
function skipConstant(section: ByteReader): void {
  for (;;) {
    const start = section.position;
    const opcode = section.byte();
    if (opcode === 0x0b) return;
    if (opcode === 0x41 || opcode === 0x42) while (section.byte() >= 0x80);
    else if (opcode === 0x43) section.section(4);
    else if (opcode === 0x44) section.section(8);
    else if (opcode === 0x23 || opcode === 0xd2) section.u32();
    else if (opcode === 0xd0) section.s33();
    else if (opcode === 0xfb || opcode === 0xfd) skipPrefixed(section, opcode, start);
    else if (!(opcode >= 0x6a && opcode <= 0x6c) && !(opcode >= 0x7c && opcode <= 0x7e)) {
      section.fail("not a constant expression", start);
    }
  }
}

/** Constant instructions of two bytes: vectors, struct.new, array.new and their kin, and i31. */
function skipPrefixed(section: ByteReader, prefix: number, start: number): void {
  const opcode = section.u32();
  if (prefix === 0xfd && opcode === 12) section.section(16);
  else if (prefix === 0xfb && (opcode < 2 || (opcode >= 6 && opcode <= 8))) {
    section.u32();
    if (opcode === 8) section.u32();
  } else if (prefix === 0xfd || opcode < 26 || opcode > 28) section.fail("not a constant expression", start);
}
