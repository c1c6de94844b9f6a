import { DoterosError } from "../../contract/error.ts";
import { ByteWriter } from "../byte-writer.ts";
import { readMemory, readTable, readValueType } from "../core-type.ts";
import type { Limits } from "../module-type.ts";
import type { ByteReader } from "../reader.ts";
import { copyConstant } from "./constant.ts";
import type { ModuleFacts } from "./module-facts.ts";
import type { RewriteOptions } from "./rewritten-module.ts";

const TABLES = 4;
const MEMORIES = 5;
const GLOBALS = 6;
const ELEMENTS = 9;
const DATA = 11;
const GLOBAL = 3;
/** What 32 bits can address, in pages. */
const NARROW_PAGES_MAX = 65_536;

/** Writes the sections again that limits are declared in, and those that name globals. */
export class DefinitionWriter {
  readonly #facts: ModuleFacts;
  readonly #options: RewriteOptions;
  /** Whether globals have other indices than they had. */
  readonly #renames: boolean;
  readonly #renumber: (global: number) => number;

  constructor(facts: ModuleFacts, options: RewriteOptions, renumber: (global: number) => number) {
    this.#facts = facts;
    this.#options = options;
    this.#renumber = renumber;
    this.#renames = facts.globals.some((_, index) => renumber(index) !== index);
  }

  /** @returns the section's content; undefined when it stays as it is */
  write(id: number, section: ByteReader): Uint8Array | undefined {
    const { memoryPagesMax, tableElementsMax } = this.#options;
    switch (id) {
      case TABLES:
        return tableElementsMax !== undefined || this.#renames ? this.#each(section, this.#table(tableElementsMax ?? Infinity)) : undefined;
      case MEMORIES:
        return memoryPagesMax === undefined ? undefined : this.#each(section, this.#memory(memoryPagesMax));
      case GLOBALS:
        return this.#renames ? this.#each(section, this.#global) : undefined;
      case ELEMENTS:
        return this.#renames ? this.#each(section, this.#element) : undefined;
      case DATA:
        return this.#renames ? this.#each(section, this.#data) : undefined;
      default:
        return undefined;
    }
  }

  /** Copies all exports. */
  copyExports(section: ByteReader, writer: ByteWriter): void {
    while (!section.done) {
      const start = section.position;
      section.section(section.u32());
      const sort = section.byte();
      writer.copy(section.bytes, start, section.position);
      const index = section.u32();
      writer.u32(sort === GLOBAL ? this.#renumber(index) : index);
    }
  }

  #each(section: ByteReader, copy: (section: ByteReader, writer: ByteWriter) => void): Uint8Array {
    const writer = new ByteWriter(section.end - section.position + 64);
    const count = section.u32();
    writer.u32(count);
    for (let index = 0; index < count; index++) copy(section, writer);
    return writer.finish();
  }

  #memory(most: number): (section: ByteReader, writer: ByteWriter) => void {
    let left = most;
    return (section, writer) => {
      const type = readMemory(section);
      if (type.kind !== "memory") return;
      left = begins(type.limits, left, most, "pages of memory");
      writeLimits(writer, type.limits, type.limits.wide ? most : Math.min(most, NARROW_PAGES_MAX));
    };
  }

  #table(most: number): (section: ByteReader, writer: ByteWriter) => void {
    let left = most;
    return (section, writer) => {
      const isInitialised = section.skip(0x40);
      if (isInitialised) writer.pair(0x40, section.byte());
      const start = section.position;
      readValueType(section);
      writer.copy(section.bytes, start, section.position);
      section.position = start;
      const type = readTable(section);
      if (type.kind !== "table") return;
      left = begins(type.limits, left, most, "elements of tables");
      writeLimits(writer, type.limits, most);
      if (isInitialised) this.#constant(section, writer);
    };
  }

  readonly #global = (section: ByteReader, writer: ByteWriter): void => {
    const start = section.position;
    readValueType(section);
    section.byte();
    writer.copy(section.bytes, start, section.position);
    this.#constant(section, writer);
  };

  /** A segment of elements: its flags say whether it has a table, a place in it, and whether its elements are expressions. */
  readonly #element = (section: ByteReader, writer: ByteWriter): void => {
    const flags = section.u32();
    writer.u32(flags);
    const isActive = (flags & 1) === 0;
    if (isActive && (flags & 2) !== 0) writer.u32(section.u32());
    if (isActive) this.#constant(section, writer);
    const hasExpressions = (flags & 4) !== 0;
    const start = section.position;
    if ((flags & 3) !== 0) {
      if (hasExpressions) readValueType(section);
      else section.byte();
    }
    writer.copy(section.bytes, start, section.position);
    const count = section.u32();
    writer.u32(count);
    if (hasExpressions) for (let index = 0; index < count; index++) this.#constant(section, writer);
    else copyNumbers(section, writer, count);
  };

  readonly #data = (section: ByteReader, writer: ByteWriter): void => {
    const flags = section.u32();
    writer.u32(flags);
    if (flags === 2) writer.u32(section.u32());
    if (flags !== 1) this.#constant(section, writer);
    const start = section.position;
    section.section(section.u32());
    writer.copy(section.bytes, start, section.position);
  };

  #constant(section: ByteReader, writer: ByteWriter): void {
    copyConstant(section, this.#facts.instructions, writer, this.#renumber);
  }
}

function copyNumbers(section: ByteReader, writer: ByteWriter, count: number): void {
  const start = section.position;
  for (let index = 0; index < count; index++) section.u32();
  writer.copy(section.bytes, start, section.position);
}

/** What is left after what something begins with. */
function begins({ min }: Limits, left: number, most: number, what: string): number {
  if (min <= left) return left - min;
  throw new DoterosError("limit-exceeded", `the module begins with ${most - left + min} ${what} or more, and ${most} are allowed`);
}

/** Writes bounds, the upper one at most `most`. */
function writeLimits(writer: ByteWriter, { min, max, wide }: Limits, most: number): void {
  const bound = Math.min(max ?? Infinity, most);
  writer.byte((wide ? 4 : 0) | (bound === Infinity ? 0 : 1));
  writer.u32(min);
  if (bound !== Infinity) writer.u32(bound);
}
