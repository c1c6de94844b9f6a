import { ByteReader } from "../../host/wasm/reader.ts";

/** One section of a component: its id, where its id stands, where its content begins, and where it ends; in bytes. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** The sections of a component that is well formed, those of the components inside it left inside. */
export function sectionsOf(bytes: Uint8Array, start = 8, end: number = bytes.length): Section[] {
  const reader = new ByteReader(bytes, start, end);
  const sections: Section[] = [];
  while (!reader.done) {
    const at = reader.position;
    const id = reader.byte();
    const content = reader.section(reader.u32());
    sections.push({ id, start: at, content: content.position, end: content.end });
  }
  return sections;
}

/** The core modules of a component, those of the components inside it included. */
export function coreModulesOf(bytes: Uint8Array, start = 8, end: number = bytes.length): Uint8Array[] {
  return sectionsOf(bytes, start, end).flatMap((section) => {
    if (section.id === 4) return coreModulesOf(bytes, section.content + 8, section.end);
    return section.id === 1 ? [bytes.subarray(section.content, section.end)] : [];
  });
}
