import { DoterosError } from "../contract/error.ts";
import { COMPONENT_DEPTH_MAX, COMPONENT_ITEMS_MAX } from "../contract/limits.ts";
import { readModuleType } from "../wasm/read-module.ts";
import { ByteReader } from "../wasm/reader.ts";
import type { ComponentType } from "./entity.ts";
import type { Plan } from "./plan.ts";
import { readAlias } from "./read-alias.ts";
import { readCanon } from "./read-canon.ts";
import { addImport, readExternType, readName } from "./read-extern.ts";
import { readCoreInstance, readExport, readInstance } from "./read-instance.ts";
import { readCoreType, readType } from "./read-type.ts";
import { invalid, Scope } from "./scope.ts";

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

/**
 * Reads and validates a component.
 *
 * @throws DoterosError `not-wasm`, `core-module`, `malformed`, `invalid`, `unsupported` or `limit-exceeded`
 */
export function readComponent(bytes: Uint8Array): ReadComponent {
  checkPreamble(bytes);
  const modules: ModuleBytes[] = [];
  const plan = readSections(new ByteReader(bytes, 8), undefined, modules);
  return { plan, modules };
}

function checkPreamble(bytes: Uint8Array): void {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    const short = bytes.length < 4 && magic.slice(0, bytes.length).every((byte, index) => byte === bytes[index]);
    const what = bytes.length === 0 ? "there are no bytes" : short ? "only the first bytes are there" : "it does not begin with `\\0asm`";
    throw new DoterosError("not-wasm", `this is not WebAssembly: ${what}`, {
      offset: 0,
      help: "give the .wasm file of a component; `doteros-wasm inspect FILE` says what a file is",
    });
  }
  if (bytes.length < 8) new ByteReader(bytes, bytes.length).fail("unexpected end of the version");
  if (bytes[6] === 0x00 && bytes[7] === 0x00) {
    throw new DoterosError("core-module", "this is a core WebAssembly module, not a component", {
      help:
        "make a component of it: `npx jco embed --wit wit --world capsule module.wasm -o embedded.wasm`, then " +
        "`npx jco new embedded.wasm -o component.wasm` (or `wasm-tools component embed` and `wasm-tools component new`)",
    });
  }
  if (bytes[6] !== 0x01 || bytes[7] !== 0x00) new ByteReader(bytes, 6).fail("unknown binary layer");
  if (bytes[4] !== 0x0d || bytes[5] !== 0x00) {
    throw new DoterosError("malformed", "unknown binary version of a component (at offset 0x4)", {
      offset: 4,
      help: "build the component again with current tools",
    });
  }
}

function readSections(reader: ByteReader, parent: Scope | undefined, modules: ModuleBytes[]): Plan {
  const scope = new Scope("component", parent);
  if (scope.depth > COMPONENT_DEPTH_MAX) {
    throw new DoterosError("limit-exceeded", `components nested deeper than ${COMPONENT_DEPTH_MAX}`, { offset: reader.position });
  }
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const section = reader.section(reader.u32());
    readSection(id, section, scope, modules, start);
    if (!section.done && id !== 0) section.fail("unexpected content at the end of the section");
  }
  const type: ComponentType = {
    kind: "component",
    imports: scope.imports.entities,
    exports: scope.exports.entities,
    taken: scope.taken,
    made: scope.made,
  };
  return { steps: scope.steps, type };
}

function readSection(id: number, section: ByteReader, scope: Scope, modules: ModuleBytes[], start: number): void {
  switch (id) {
    case 0:
      section.name();
      return;
    case 1:
      return readModule(section, scope, modules);
    case 2:
      return each(section, "core instances", () => readCoreInstance(section, scope));
    case 3:
      return each(section, "core types", () => readCoreType(section, scope));
    case 4:
      return readNested(section, scope, modules);
    case 5:
      return each(section, "instances", () => readInstance(section, scope));
    case 6:
      return each(section, "aliases", () => readAlias(section, scope));
    case 7:
      return each(section, "types", () => readType(section, scope));
    case 8:
      return each(section, "canonical functions", () => readCanon(section, scope));
    case 9:
    case 12:
      return invalid("support for component model `value`s is not enabled", start);
    case 10:
      return each(section, "imports", () => {
        const name = readName(section);
        const entity = addImport(scope, name, readExternType(section, scope));
        scope.steps.push({ op: "import", name: name.name, entity });
      });
    case 11:
      return each(section, "exports", () => readExport(section, scope));
    default:
      section.fail(`malformed section id: ${id}`, start);
  }
}

function each(section: ByteReader, what: string, read: () => void): void {
  const count = section.count(COMPONENT_ITEMS_MAX, what);
  for (let index = 0; index < count; index++) read();
}

function readModule(section: ByteReader, scope: Scope, modules: ModuleBytes[]): void {
  const bytes = { start: section.position, end: section.end };
  const type = readModuleType(section);
  scope.spaces["core module"].push(type);
  scope.steps.push({ op: "core module", module: modules.length, reserved: type.reserved });
  modules.push(bytes);
}

function readNested(section: ByteReader, scope: Scope, modules: ModuleBytes[]): void {
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]) section.expect(byte, "preamble of a nested component");
  const plan = readSections(section, scope, modules);
  scope.spaces.component.push(plan.type);
  scope.steps.push({ op: "component", plan });
}
