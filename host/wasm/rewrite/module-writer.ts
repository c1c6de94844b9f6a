import { ByteWriter } from "../byte-writer.ts";
import { ByteReader } from "../reader.ts";
import { CodeWriter } from "./code-writer.ts";
import { DefinitionWriter } from "./definition-writer.ts";
import { freeName } from "./free-name.ts";
import type { CounterIndices } from "./function-code.ts";
import { hiddenStateOf } from "./hidden-state.ts";
import type { ModuleFacts } from "./module-facts.ts";
import type { RewriteOptions, RewrittenModule } from "./rewritten-module.ts";
import type { StateExports } from "./state-exports.ts";
import { planStateExports, writeStateExports } from "./state-exports.ts";

/** Where a section begins with its id, where its content does, and where it ends. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

const CUSTOM = 0;
const TYPES = 1;
const IMPORTS = 2;
const EXPORTS = 7;
const CODE = 10;
const PREAMBLE_BYTES = 8;
const GLOBAL = 0x03;
const MUTABLE = 0x01;
const I32 = 0x7f;
const I64 = 0x7e;

/** What counts, in the order in which it is imported. */
const COUNTERS = ["fuel", "stack", "memory", "table", "refused"] as const;

/** Puts a rewritten module together: what stays is copied, what changes is written again. */
export class ModuleWriter {
  readonly #bytes: Uint8Array;
  readonly #facts: ModuleFacts;
  readonly #counted: readonly (typeof COUNTERS)[number][];
  readonly #countersFrom: string | undefined;
  readonly #state: StateExports | undefined;
  readonly #code: CodeWriter;
  readonly #definitions: DefinitionWriter;
  readonly #parts: Uint8Array[] = [];

  constructor(bytes: Uint8Array, facts: ModuleFacts, options: RewriteOptions) {
    this.#bytes = bytes;
    this.#facts = facts;
    this.#counted = COUNTERS.filter((counter) => facts.hasCode && isCounted(counter, facts, options));
    this.#countersFrom = this.#counted.length === 0 ? undefined : freeName("doteros:limits", facts.importModules);
    this.#state = options.exportState === true ? planStateExports(facts) : undefined;
    this.#code = new CodeWriter(facts, {
      counters: this.#counterIndices(),
      canonicalNaN: options.canonicalNaN === true,
      shift: this.#counted.length,
    });
    this.#definitions = new DefinitionWriter(facts, options, this.#renumber);
  }

  write(sections: readonly Section[]): RewrittenModule {
    this.#parts.push(this.#bytes.subarray(0, PREAMBLE_BYTES));
    const types = this.#writeSections(sections);
    if (types !== undefined && this.#code.addedTypes.length > 0) this.#parts[types.part] = this.#extendTypes(types.section);
    return {
      bytes: join(this.#parts),
      countersFrom: this.#countersFrom,
      state: this.#state,
      dropsSegments: this.#code.dropsSegments,
      allocates: this.#code.allocates,
      hiddenState: hiddenStateOf(this.#facts, this.#code),
    };
  }

  /** @returns which part the section of types is, for which types are added is known at the end */
  #writeSections(sections: readonly Section[]): { part: number; section: Section } | undefined {
    let types: { part: number; section: Section } | undefined;
    let hasImports = false;
    let hasExports = false;
    for (const section of sections) {
      if (section.id === CUSTOM && this.#isAboutCode(section)) continue;
      if (section.id === TYPES) types = { part: this.#parts.length, section };
      // Imports come second; what sections there are behind exports come in the order of their ids, but for two.
      if (section.id > IMPORTS && !hasImports) hasImports = this.#addImports(undefined);
      if (section.id > EXPORTS && section.id !== TAGS && !hasExports) hasExports = this.#addExports(undefined);
      if (section.id === IMPORTS) hasImports = this.#addImports(section);
      else if (section.id === EXPORTS) hasExports = this.#addExports(section);
      else this.#parts.push(this.#rewritten(section) ?? this.#bytes.subarray(section.start, section.end));
    }
    if (!hasExports) this.#addExports(undefined);
    return types;
  }

  /** Hints for branches name places in the code, which are others now. */
  #isAboutCode({ content, end }: Section): boolean {
    return new ByteReader(this.#bytes, content, end).name().startsWith("metadata.code.");
  }

  #rewritten({ id, content, end }: Section): Uint8Array | undefined {
    const reader = new ByteReader(this.#bytes, content, end);
    const written = id === CODE ? this.#code.write(reader) : this.#definitions.write(id, reader);
    return written && framed(id, written);
  }

  #addImports(section: Section | undefined): true {
    const countersFrom = this.#countersFrom;
    if (countersFrom === undefined) {
      if (section !== undefined) this.#parts.push(this.#bytes.subarray(section.start, section.end));
      return true;
    }
    const reader = section && new ByteReader(this.#bytes, section.content, section.end);
    const writer = new ByteWriter();
    writer.u32((reader?.u32() ?? 0) + this.#counted.length);
    if (reader !== undefined) writer.copy(this.#bytes, reader.position, reader.end);
    for (const counter of this.#counted) {
      writer.name(countersFrom);
      writer.name(counter);
      writer.byte(GLOBAL);
      writer.pair(counter === "fuel" ? I64 : I32, MUTABLE);
    }
    this.#parts.push(framed(IMPORTS, writer.finish()));
    return true;
  }

  #addExports(section: Section | undefined): true {
    const state = this.#state;
    const added = state === undefined ? 0 : state.memories.length + state.tables.length + state.globals.length;
    if (section === undefined && added === 0) return true;
    const reader = section && new ByteReader(this.#bytes, section.content, section.end);
    const writer = new ByteWriter();
    writer.u32((reader?.u32() ?? 0) + added);
    if (reader !== undefined) this.#definitions.copyExports(reader, writer);
    if (state !== undefined) writeStateExports(writer, state, this.#renumber);
    this.#parts.push(framed(EXPORTS, writer.finish()));
    return true;
  }

  #extendTypes({ content, end }: Section): Uint8Array {
    const reader = new ByteReader(this.#bytes, content, end);
    const writer = new ByteWriter();
    writer.u32(reader.u32() + this.#code.addedTypes.length);
    writer.copy(this.#bytes, reader.position, end);
    for (const { resultsStart, resultsEnd } of this.#code.addedTypes) {
      writer.pair(0x60, 0);
      writer.copy(this.#bytes, resultsStart, resultsEnd);
    }
    return framed(TYPES, writer.finish());
  }

  #counterIndices(): CounterIndices {
    const index = (counter: (typeof COUNTERS)[number]): number | undefined => {
      const place = this.#counted.indexOf(counter);
      return place < 0 ? undefined : this.#facts.importedGlobals + place;
    };
    return { fuel: index("fuel"), stack: index("stack"), memory: index("memory"), table: index("table"), refused: index("refused") };
  }

  /** What is imported comes first, so the module's own globals have moved. */
  readonly #renumber = (global: number): number => (global < this.#facts.importedGlobals ? global : global + this.#counted.length);
}

const TAGS = 13;

function isCounted(counter: (typeof COUNTERS)[number], facts: ModuleFacts, options: RewriteOptions): boolean {
  switch (counter) {
    case "fuel":
      return options.fuel === true;
    case "stack":
      return options.stack === true;
    case "memory":
      return options.memoryPagesMax !== undefined && facts.memories.length > 0;
    case "table":
      return options.tableElementsMax !== undefined && facts.tables.length > 0;
    case "refused":
      return isCounted("memory", facts, options) || isCounted("table", facts, options);
  }
}

function framed(id: number, content: Uint8Array): Uint8Array {
  const writer = new ByteWriter(content.length + 6);
  writer.byte(id);
  writer.u32(content.length);
  writer.copy(content, 0, content.length);
  return writer.finish();
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
