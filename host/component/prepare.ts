import { DoterosError } from "../contract/error.ts";
import { ByteReader } from "../wasm/reader.ts";
import { Component } from "./component.ts";
import { READ_SELDOM } from "./read-seldom.ts";
import { readComponent } from "./read-component.ts";

/** A component in two parts, for runtimes that refuse to compile WebAssembly while they run. Both are plain data. */
export interface PreparedComponent {
  /** The core modules, in the order in which {@link loadPrepared} wants them compiled. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  /** Everything else: the component without the bodies of its modules. */
  readonly plan: Uint8Array<ArrayBuffer>;
}

/** Sections of a core module that say what it imports and exports; the rest is its body. */
const OUTLINE_SECTIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 13]);
const MODULE_SECTION = 1;
const COMPONENT_SECTION = 4;

/**
 * Takes a component apart at build time.
 *
 * @throws DoterosError what `compileComponent` throws of bytes that are no valid component
 * @example
 * ```ts
 * const { modules, plan } = prepare(bytes);
 * const component = loadPrepared(plan, await Promise.all(modules.map((module) => WebAssembly.compile(module))));
 * ```
 */
export function prepare(bytes: Uint8Array): PreparedComponent {
  const { modules } = readComponent(bytes, READ_SELDOM);
  const out = new Uint8Array(bytes.length);
  const length = outlineComponent(bytes, 0, bytes.length, out, 0);
  return { modules: modules.map(({ start, end }) => new Uint8Array(bytes.subarray(start, end))), plan: out.slice(0, length) };
}

/**
 * Puts a component together again.
 *
 * @param plan of {@link prepare}
 * @param modules its modules, compiled
 * @throws DoterosError `malformed` or `invalid` when `plan` is none, `wrong-import` when modules are missing
 */
export function loadPrepared(plan: Uint8Array, modules: readonly WebAssembly.Module[]): Component {
  const read = readComponent(plan, READ_SELDOM);
  if (read.modules.length !== modules.length) {
    throw new DoterosError("wrong-import", `the plan wants ${read.modules.length} compiled modules, found ${modules.length}`, {
      help: "compile every module that prepare() returned, in that order",
    });
  }
  return new Component(read.plan, modules);
}

/** Copies a component, its modules in outline. @returns where it ends in `out` */
function outlineComponent(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  return copySections(bytes, start, end, out, at, (id, from, to, into) => {
    if (id === MODULE_SECTION) return outlineModule(bytes, from, to, out, into);
    if (id === COMPONENT_SECTION) return outlineComponent(bytes, from, to, out, into);
    out.set(bytes.subarray(from, to), into);
    return into + to - from;
  });
}

function outlineModule(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  return copySections(bytes, start, end, out, at, (id, from, to, into) => {
    if (!OUTLINE_SECTIONS.has(id)) return undefined;
    out.set(bytes.subarray(from, to), into);
    return into + to - from;
  });
}

/** Copies the preamble and each section as `copy` does it; sections that it answers undefined for are left out. */
function copySections(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
  copy: (id: number, from: number, to: number, into: number) => number | undefined,
): number {
  out.set(bytes.subarray(start, start + 8), at);
  let next = at + 8;
  for (const reader = new ByteReader(bytes, start + 8, end); !reader.done; ) {
    const id = reader.byte();
    const section = reader.section(reader.u32());
    // A section only gets smaller, so its new size fits where the old one, shortest form, would have stood.
    const body = next + 1 + lengthBytes(section.end - section.position);
    const written = copy(id, section.position, section.end, body);
    if (written === undefined) continue;
    out[next] = id;
    writeLength(out, next + 1, written - body, body - next - 1);
    next = written;
  }
  return next;
}

/** How many bytes a size takes as LEB128. */
function lengthBytes(size: number): number {
  return Math.max(1, Math.ceil((32 - Math.clz32(size)) / 7));
}

/** Writes a size in exactly `width` bytes, which may be more than it needs. */
function writeLength(out: Uint8Array, at: number, size: number, width: number): void {
  let rest = size;
  for (let index = 0; index < width; index++) {
    out[at + index] = (rest & 0x7f) | (index < width - 1 ? 0x80 : 0);
    rest >>>= 7;
  }
}
