import { DoterosError } from "../../contract/error.ts";
import { readField, readGlobal, readMemory, readTable, readValueType } from "../core-type.ts";
import type { Limits } from "../module-type.ts";
import type { ByteReader } from "../reader.ts";
import { skipConstant } from "./constant.ts";
import { InstructionReader } from "./instruction-reader.ts";

/** A type of the module, as far as it tells what instructions take and leave. */
export interface TypeFacts {
  /** Parameters of a function, fields of a struct. */
  readonly parameters: number;
  readonly results: number;
  /** Where the results of a function are spelled out, their count first. */
  readonly resultsStart: number;
  readonly resultsEnd: number;
}

/** A memory or a table. */
export interface SpaceFacts {
  readonly limits: Limits;
  readonly imported: boolean;
}

/** A global. */
export interface GlobalFacts {
  readonly type: string;
  readonly mutable: boolean;
}

/** What the sections of a module say that a pass over its code needs to know. */
export class ModuleFacts {
  readonly instructions: InstructionReader;
  readonly types: TypeFacts[] = [];
  /** The index of each function's type. */
  readonly functions: number[] = [];
  readonly memories: SpaceFacts[] = [];
  readonly tables: SpaceFacts[] = [];
  readonly globals: GlobalFacts[] = [];
  readonly tags: number[] = [];
  readonly exportNames = new Set<string>();
  /** The first of the two names of each import. */
  readonly importModules = new Set<string>();
  importedFunctions = 0;
  importedGlobals = 0;
  hasCode = false;
  /** Whether it has types of structs or arrays. Without them it makes none, neither in code nor in constants. */
  hasObjects = false;

  constructor(bytes: Uint8Array) {
    this.instructions = new InstructionReader(bytes);
  }

  typeOf(func: number): TypeFacts {
    return this.type(this.functions[func] as number);
  }

  type(index: number): TypeFacts {
    return this.types[index] as TypeFacts;
  }

  /** Takes in a section. */
  read(id: number, section: ByteReader): void {
    if (id === 10) this.hasCode = section.u32() > 0;
    const read = READERS.get(id);
    if (read !== undefined) for (let count = section.u32(); count > 0; count--) read(section, this);
  }
}

/** What is read, once for each item, by the id of the section. */
const READERS: ReadonlyMap<number, (section: ByteReader, facts: ModuleFacts) => void> = new Map([
  [1, readTypes],
  [2, readImport],
  [3, (section, facts) => facts.functions.push(section.u32())],
  [4, readTableDefinition],
  [5, (section, facts) => addMemory(section, facts, false)],
  [6, readGlobalDefinition],
  [7, readExport],
  [13, (section, facts) => readTag(section, facts)],
]);

function readTypes(section: ByteReader, facts: ModuleFacts): void {
  const count = section.skip(0x4e) ? section.u32() : 1;
  for (let index = 0; index < count; index++) facts.types.push(readSubType(section, facts));
}

function readSubType(section: ByteReader, facts: ModuleFacts): TypeFacts {
  if (section.skip(0x50) || section.skip(0x4f)) section.vector("supertypes", () => section.u32());
  const start = section.position;
  switch (section.byte()) {
    case 0x60: {
      const parameters = skipValueTypes(section);
      const resultsStart = section.position;
      const results = skipValueTypes(section);
      return { parameters, results, resultsStart, resultsEnd: section.position };
    }
    case 0x5f:
      facts.hasObjects = true;
      return { parameters: section.vector("fields", () => readField(section)).length, results: 1, resultsStart: 0, resultsEnd: 0 };
    case 0x5e:
      facts.hasObjects = true;
      readField(section);
      return { parameters: 1, results: 1, resultsStart: 0, resultsEnd: 0 };
    default:
      return section.fail("a kind of type that the rewriter does not know", start);
  }
}

function skipValueTypes(section: ByteReader): number {
  const count = section.u32();
  for (let index = 0; index < count; index++) readValueType(section);
  return count;
}

function readImport(section: ByteReader, facts: ModuleFacts): void {
  facts.importModules.add(section.name());
  section.name();
  switch (section.choice(5, "sort of an import")) {
    case 0:
      facts.importedFunctions += 1;
      facts.functions.push(section.u32());
      return;
    case 1:
      return addTable(section, facts, true);
    case 2:
      return addMemory(section, facts, true);
    case 3:
      facts.importedGlobals += 1;
      return addGlobal(section, facts);
    default:
      readTag(section, facts);
  }
}

function readTag(section: ByteReader, { tags }: ModuleFacts): void {
  section.byte();
  tags.push(section.u32());
}

function readExport(section: ByteReader, { exportNames }: ModuleFacts): void {
  exportNames.add(section.name());
  section.byte();
  section.u32();
}

function readTableDefinition(section: ByteReader, facts: ModuleFacts): void {
  const initialised = section.skip(0x40);
  if (initialised) section.byte();
  addTable(section, facts, false);
  if (initialised) skipConstant(section, facts.instructions);
}

function readGlobalDefinition(section: ByteReader, facts: ModuleFacts): void {
  addGlobal(section, facts);
  skipConstant(section, facts.instructions);
}

function addTable(section: ByteReader, { tables }: ModuleFacts, imported: boolean): void {
  const type = readTable(section);
  if (type.kind === "table") tables.push({ limits: unshared(type.limits, "table"), imported });
}

function addMemory(section: ByteReader, { memories }: ModuleFacts, imported: boolean): void {
  const type = readMemory(section);
  if (type.kind !== "memory") return;
  if (type.pageBits !== 16) throw new DoterosError("unsupported", "the module has a memory whose pages are not of 64 KiB");
  memories.push({ limits: unshared(type.limits, "memory"), imported });
}

function addGlobal(section: ByteReader, { globals }: ModuleFacts): void {
  const type = readGlobal(section);
  if (type.kind === "global") globals.push({ type: type.type, mutable: type.mutable });
}

function unshared(limits: Limits, what: string): Limits {
  if (limits.shared) throw new DoterosError("unsupported", `the module uses threads: a shared ${what}`);
  return limits;
}
