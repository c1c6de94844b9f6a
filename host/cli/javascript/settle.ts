import { ByteReader } from "../../wasm/reader.ts";

// componentize-qjs links its runtime from position-independent modules. They compute addresses as a base, which is another
// module's constant, plus an offset; engines before V8 11.4, Node 20's among them, do not take such an expression. Both parts
// are known when the component is made, so the sum can stand there instead.

const RUNTIME = "componentize_qjs_runtime.wasm";
/** What the runtime imports, and the name under which the linking module exports it. */
const BASES: ReadonlyMap<string, string> = new Map([
  ["__memory_base", `${RUNTIME}:memory_base`],
  ["__table_base", `${RUNTIME}:table_base`],
]);
const PREAMBLE_BYTES = 8;
/** A custom section's number, and its size in two bytes. */
const FILLER_HEAD_BYTES = 3;
/** One more for its name, which is empty. */
const FILLER_BYTES_MIN = 4;

const CORE_MODULE = 1;
const NESTED_COMPONENT = 4;
const IMPORTS = 2;
const GLOBALS = 6;
const EXPORTS = 7;
const GLOBAL = 3;
const [END, GLOBAL_GET, I32_CONST, I32_ADD] = [0x0b, 0x23, 0x41, 0x6a];

interface Section {
  readonly id: number;
  /** The offset of its size. */
  readonly sizeAt: number;
  /** The offset of its content. */
  readonly start: number;
  readonly end: number;
}

/**
 * The component with the addresses of its runtime written as numbers. Nothing moves: what becomes shorter is filled up.
 *
 * @throws DoterosError `malformed`
 */
export function settleAddresses(component: Uint8Array): Uint8Array {
  const bytes = component.slice();
  const modules = [...coreModules(bytes, 0, bytes.length)];
  const bases = new Map(modules.flatMap((sections) => [...exportedConstants(bytes, sections)]));
  for (const sections of modules) settleModule(bytes, sections, bases);
  return bytes;
}

/** The sections of every core module, in nested components, too. */
function* coreModules(bytes: Uint8Array, start: number, end: number): Generator<readonly Section[]> {
  for (const { id, start: from, end: to } of sectionsOf(bytes, start, end)) {
    if (id === CORE_MODULE) yield [...sectionsOf(bytes, from, to)];
    else if (id === NESTED_COMPONENT) yield* coreModules(bytes, from, to);
  }
}

function* sectionsOf(bytes: Uint8Array, start: number, end: number): Generator<Section> {
  const reader = new ByteReader(bytes, start + PREAMBLE_BYTES, end);
  while (!reader.done) {
    const id = reader.byte();
    const sizeAt = reader.position;
    const { position, end: last } = reader.section(reader.u32());
    yield { id, sizeAt, start: position, end: last };
  }
}

/** The names and values of the constants that a module which imports no global exports. */
function* exportedConstants(bytes: Uint8Array, sections: readonly Section[]): Generator<[string, number]> {
  const values = globalsOf(bytes, sections).map(({ base, value }) => (base === undefined ? value : undefined));
  if (importedGlobals(bytes, sections).length > 0) return;
  const reader = readerOf(bytes, sections, EXPORTS);
  for (let left = reader.u32(); left > 0; left -= 1) {
    const name = reader.name();
    const sort = reader.byte();
    const value = values[reader.u32()];
    if (sort === GLOBAL && value !== undefined) yield [name, value];
  }
}

interface Global {
  /** Its type and whether it changes, as they are written. */
  readonly type: readonly number[];
  /** The global that `value` is added to. */
  readonly base: number | undefined;
  readonly value: number | undefined;
}

/** The globals of a module, unless some begin with what is neither a number nor a sum of one and another global. */
function globalsOf(bytes: Uint8Array, sections: readonly Section[]): Global[] {
  const reader = readerOf(bytes, sections, GLOBALS);
  const globals: Global[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const type = [reader.byte(), reader.byte()];
    let base: number | undefined;
    if (reader.peek() === GLOBAL_GET) {
      reader.byte();
      base = reader.u32();
    }
    if (reader.byte() !== I32_CONST) return [];
    const value = reader.s33();
    if (base !== undefined && reader.byte() !== I32_ADD) return [];
    if (reader.byte() !== END) return [];
    globals.push({ type, base, value });
  }
  return globals;
}

function settleModule(bytes: Uint8Array, sections: readonly Section[], bases: ReadonlyMap<string, number>): void {
  const globals = globalsOf(bytes, sections);
  const section = sections.find(({ id }) => id === GLOBALS);
  if (section === undefined || !globals.some(({ base }) => base !== undefined)) return;
  const imported = importedGlobals(bytes, sections);
  const content = unsigned(globals.length);
  for (const { type, base, value = 0 } of globals) {
    const start = base === undefined ? 0 : bases.get(BASES.get(imported[base] ?? "") ?? "");
    if (start === undefined) return;
    content.push(...type, I32_CONST, ...signed(start + value), END);
  }
  replace(bytes, section, content);
}

/** Writes a section's content in place, with a section that says nothing behind it. */
function replace(bytes: Uint8Array, { sizeAt, start, end }: Section, content: readonly number[]): void {
  const spare = end - start - content.length;
  if (spare < FILLER_BYTES_MIN) return;
  bytes.set(unsigned(content.length, start - sizeAt), sizeAt);
  bytes.fill(0, start, end);
  bytes.set(content, start);
  bytes.set([0, ...unsigned(spare - FILLER_HEAD_BYTES, 2)], start + content.length);
}

/** The names of the globals that a module imports, in order. */
function importedGlobals(bytes: Uint8Array, sections: readonly Section[]): string[] {
  const reader = readerOf(bytes, sections, IMPORTS);
  const names: string[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    reader.name();
    const name = reader.name();
    const sort = reader.byte();
    if (sort === GLOBAL) names.push(name);
    skipType(reader, sort);
  }
  return names;
}

/** Passes over the type of an import: of a function, a table, a memory or a global. */
function skipType(reader: ByteReader, sort: number): void {
  if (sort === 0) reader.u32();
  else if (sort === GLOBAL) reader.section(2);
  else {
    if (sort === 1) reader.byte();
    const hasMost = (reader.byte() & 1) === 1;
    reader.u32();
    if (hasMost) reader.u32();
  }
}

/** A reader of a section's content, which is a vector; of an empty one when there is no such section. */
function readerOf(bytes: Uint8Array, sections: readonly Section[], wanted: number): ByteReader {
  const section = sections.find(({ id }) => id === wanted);
  return section === undefined ? new ByteReader(Uint8Array.of(0)) : new ByteReader(bytes, section.start, section.end);
}

/** A LEB128 number in `width` bytes, or in as few as it takes. */
function unsigned(value: number, width = 1): number[] {
  return value < 0x80 && width <= 1 ? [value] : [(value % 0x80) + 0x80, ...unsigned(Math.floor(value / 0x80), width - 1)];
}

function signed(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
