import { isModule } from "../../wasm/read-module.ts";
import { ByteReader } from "../../wasm/reader.ts";

/** The bytes before the first section: magic, version and layer. */
const PREAMBLE_BYTES = 8;
const CUSTOM_SECTION = 0;
const CORE_MODULE_SECTION = 1;
const COMPONENT_SECTION = 4;

/** A custom section: a name and how many bytes it holds. */
export interface CustomSize {
  readonly name: string;
  readonly bytes: number;
}

/** What a component's bytes are spent on. */
export interface Sizes {
  /** The file, in bytes. */
  readonly file: number;
  /** Each core module, in bytes, in order, those of nested components included. */
  readonly coreModules: readonly number[];
  /** The custom sections outside core modules, in order, those of nested components included. */
  readonly customSections: readonly CustomSize[];
}

/** Measures a component, or a core module, that is known to be well formed. */
export function measure(bytes: Uint8Array): Sizes {
  const isCore = isModule(bytes);
  const coreModules: number[] = isCore ? [bytes.length] : [];
  const customSections: CustomSize[] = [];
  const walk = (start: number, end: number): void => {
    const reader = new ByteReader(bytes, start + PREAMBLE_BYTES, end);
    while (!reader.done) {
      const id = reader.byte();
      const size = reader.u32();
      const next = reader.position + size;
      if (id === CUSTOM_SECTION) customSections.push({ name: reader.name(), bytes: size });
      else if (isCore) reader.position = next;
      else if (id === CORE_MODULE_SECTION) coreModules.push(size);
      else if (id === COMPONENT_SECTION) walk(reader.position, next);
      reader.position = next;
    }
  };
  walk(0, bytes.length);
  return { file: bytes.length, coreModules, customSections };
}
