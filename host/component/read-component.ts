import { DoterosError } from "../contract/error.ts";
import { coreModuleError } from "./core-module-error.ts";
import { COMPONENT_ITEMS_MAX } from "../contract/limits.ts";
import { readModuleType } from "../wasm/read-module.ts";
import { ByteReader } from "../wasm/reader.ts";
import type { Plan } from "./frame.ts";
import { importing, nesting } from "./link.ts";
import { readAlias } from "./read-alias.ts";
import { readCanon } from "./read-canon.ts";
import { addExtern, readExternType, readName } from "./read-extern.ts";
import { readCoreInstance, readExport, readInstance } from "./read-instance.ts";
import { readCoreType, readType } from "./read-type.ts";
import type { SeldomRead } from "./scope.ts";
import { noValues, Scope } from "./scope.ts";

/** Where the bytes of a core module are. */
export interface ModuleBytes {
  readonly start: number;
  readonly end: number;
}

/** A component as it was read: what to do to instantiate it, and where the core modules are that this needs. */
export interface ReadComponent {
  readonly plan: Plan;
  readonly modules: readonly ModuleBytes[];
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const MAGIC_BYTES = 4;

/**
 * Reads and validates a component.
 *
 * @param seldom what reads the parts that few components have
 * @throws DoterosError `not-wasm`, `core-module`, `malformed`, `invalid`, `unsupported` or `limit-exceeded`
 */
export function readComponent(bytes: Uint8Array, seldom: SeldomRead): ReadComponent {
  checkPreamble(bytes);
  const modules: ModuleBytes[] = [];
  const plan = readSections(new ByteReader(bytes, PREAMBLE.length), undefined, seldom, modules);
  return { plan, modules };
}

function checkPreamble(bytes: Uint8Array): void {
  const wrong = PREAMBLE.findIndex((byte, index) => bytes[index] !== byte);
  if (wrong < 0) return;
  const { length } = bytes;
  if (wrong < MAGIC_BYTES) {
    const short = wrong === length ? "only the first bytes are there" : "it does not begin with `\\0asm`";
    throw new DoterosError("not-wasm", `this is not WebAssembly: ${length === 0 ? "there are no bytes" : short}`, {
      offset: 0,
      help: "give the .wasm file of a component; `doteros-wasm inspect FILE` says what a file is",
    });
  }
  if (length < PREAMBLE.length) new ByteReader(bytes, length).fail("unexpected end of the version");
  if (bytes[6] === 0x00 && bytes[7] === 0x00) throw coreModuleError();
  if (bytes[6] !== 0x01 || bytes[7] !== 0x00) new ByteReader(bytes, 6).fail("unknown binary layer");
  throw new DoterosError("malformed", "unknown binary version of a component (at offset 0x4)", {
    offset: 4,
    help: "build the component again with current tools",
  });
}

function readSections(reader: ByteReader, parent: Scope | undefined, seldom: SeldomRead, modules: ModuleBytes[]): Plan {
  const scope = new Scope("component", parent, seldom, reader.position);
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const section = reader.section(reader.u32());
    readSection(id, section, scope, modules, start);
    if (!section.done && id !== 0) section.fail("unexpected content at the end of the section");
  }
  return scope.plan();
}

/** What the items of a section are called and how each is read, by the section's id. */
const ITEMS: ReadonlyMap<number, readonly [string, (reader: ByteReader, scope: Scope) => void]> = new Map([
  [2, ["core instances", readCoreInstance]],
  [3, ["core types", readCoreType]],
  [5, ["instances", readInstance]],
  [6, ["aliases", readAlias]],
  [7, ["types", readType]],
  [8, ["canonical functions", readCanon]],
  [10, ["imports", readImport]],
  [11, ["exports", readExport]],
]);

function readSection(id: number, section: ByteReader, scope: Scope, modules: ModuleBytes[], start: number): void {
  const items = ITEMS.get(id);
  if (items !== undefined) {
    const [what, read] = items;
    for (let count = section.count(COMPONENT_ITEMS_MAX, what); count > 0; count--) read(section, scope);
  } else if (id === 0) section.name();
  else if (id === 1) {
    modules.push({ start: section.position, end: section.end });
    const type = readModuleType(section);
    scope.spaces["core module"].push(type);
    const index = modules.length - 1;
    scope.steps.push((frame) => frame.module(index, type.reserved));
  } else if (id === 4) {
    for (const byte of PREAMBLE) section.expect(byte, "preamble of a nested component");
    const plan = readSections(section, scope, scope.seldom, modules);
    scope.spaces.component.push(plan.type);
    scope.steps.push(nesting(plan));
    scope.asynchronous ||= plan.asynchronous;
  } else if (id === 9 || id === 12) noValues(start);
  else section.fail(`malformed section id: ${id}`, start);
}

function readImport(reader: ByteReader, scope: Scope): void {
  const name = readName(reader, scope);
  const entity = addExtern("import", scope, name, readExternType(reader, scope));
  scope.steps.push(importing(name.name, entity));
}
