// Counts fuel the simplest way: one addition before each instruction. What the rewriter merges, moves and keeps in locals must
// come to the same sum. The costs are written down once more, from what the rewriter's documentation says of them.
import { ByteWriter } from "../../../host/wasm/byte-writer.ts";
import { ByteReader } from "../../../host/wasm/reader.ts";
import { InstructionReader } from "../../../host/wasm/rewrite/instruction-reader.ts";
import { ModuleFacts } from "../../../host/wasm/rewrite/module-facts.ts";

/** The name of the global that the count is in. */
export const COUNT = "naive count";
/** What a throw adds: then what was charged ahead was more than what ran. */
export const THROWN = 2 ** 40;

const STRUCTURE = new Set([0x02, 0x03, 0x05, 0x06, 0x07, 0x0b, 0x18, 0x19, 0x1f]);
const THROWS = new Set([0x08, 0x09, 0x0a]);

interface Length {
  readonly cost: (writer: ByteWriter) => void;
}
const shifted = (opcode: number, bits: number): Length => ({ cost: (writer) => [0x42, bits, opcode].forEach((byte) => writer.byte(byte)) });
const BYTES = shifted(0x88, 4);
const REFERENCES = shifted(0x86, 5);
const PAGES = shifted(0x86, 12);
const ELEMENTS = shifted(0x86, 0);
/** Instructions that have a length, by their number as the rewriter has it: 0xfb from 0x100 on, 0xfc from 0x200 on. */
const LENGTHS = new Map<number, Length>([
  ...[0x208, 0x20a, 0x20b].map((opcode) => [opcode, BYTES] as const),
  ...[0x20c, 0x20e, 0x20f, 0x211, 0x10a, 0x113].map((opcode) => [opcode, REFERENCES] as const),
  ...[0x106, 0x107, 0x109, 0x110, 0x111, 0x112].map((opcode) => [opcode, ELEMENTS] as const),
  [0x40, PAGES],
]);
const GROWS = new Set([0x40, 0x20f]);

/** The module with a count, for modules whose memories and tables are 32 bits wide. */
export function countNaively(bytes: Uint8Array): Uint8Array {
  const facts = new ModuleFacts(bytes);
  const sections: { id: number; content: ByteReader }[] = [];
  for (const reader = new ByteReader(bytes, 8); !reader.done; ) {
    const id = reader.byte();
    const content = reader.section(reader.u32());
    facts.read(id, new ByteReader(bytes, content.position, content.end));
    sections.push({ id, content });
  }
  const out = new ByteWriter(bytes.length * 8);
  out.copy(bytes, 0, 8);
  const global = facts.globals.length;
  for (const { id, content } of sections) {
    const section = new ByteWriter(1024);
    if (id === 6) {
      section.u32(content.u32() + 1);
      section.copy(bytes, content.position, content.end);
      for (const byte of [0x7e, 1, 0x42, 0, 0x0b]) section.byte(byte);
    } else if (id === 7) {
      section.u32(content.u32() + 1);
      section.copy(bytes, content.position, content.end);
      section.name(COUNT);
      section.indexed(3, global);
    } else if (id === 10) countCode(section, bytes, content, facts, global);
    else section.copy(bytes, content.position, content.end);
    const done = section.finish();
    out.byte(id);
    out.u32(done.length);
    out.copy(done, 0, done.length);
  }
  return out.finish();
}

function countCode(out: ByteWriter, bytes: Uint8Array, content: ByteReader, facts: ModuleFacts, global: number): void {
  const count = content.u32();
  out.u32(count);
  const reader = new InstructionReader(bytes);
  reader.position = content.position;
  for (let index = 0; index < count; index++) {
    const end = reader.u32() + reader.position;
    const size = out.openSize();
    countFunction(out, reader, end, facts.typeOf(facts.importedFunctions + index).parameters, facts, global);
    out.closeSize(size);
  }
}

function countFunction(out: ByteWriter, reader: InstructionReader, end: number, parameters: number, facts: ModuleFacts, global: number): void {
  const groups = reader.u32();
  const start = reader.position;
  let locals = 0;
  for (let group = 0; group < groups; group++) {
    locals += reader.u32();
    reader.skipType();
  }
  out.u32(groups + 1);
  out.copy(reader.bytes, start, reader.position);
  out.pair(2, 0x7f);
  const asked = parameters + locals;
  add(out, global, Math.floor(locals / 16));
  while (reader.position < end) {
    reader.next();
    const { opcode } = reader;
    if (!STRUCTURE.has(opcode)) add(out, global, costOf(reader, facts));
    const length = LENGTHS.get(opcode);
    if (length !== undefined) out.indexed(0x22, asked);
    if (length !== undefined && !GROWS.has(opcode)) addLength(out, global, asked, length);
    out.copy(reader.bytes, reader.start, reader.position);
    if (length === undefined || !GROWS.has(opcode)) continue;
    out.indexed(0x22, asked + 1);
    for (const byte of [0x41, 0x7f, 0x47, 0x04, 0x40]) out.byte(byte);
    addLength(out, global, asked, length);
    out.byte(0x0b);
    out.indexed(0x20, asked + 1);
  }
}

function costOf({ opcode, first, second }: InstructionReader, facts: ModuleFacts): number {
  if (LENGTHS.has(opcode)) return 16;
  if (THROWS.has(opcode)) return THROWN;
  if (opcode === 0x26) return 32;
  if (opcode === 0x108) return 1 + second;
  return opcode === 0x100 || opcode === 0x101 ? 1 + facts.type(first).parameters : 1;
}

function add(out: ByteWriter, global: number, cost: number): void {
  if (cost === 0) return;
  out.indexed(0x23, global);
  out.byte(0x42);
  out.signed(cost);
  out.byte(0x7c);
  out.indexed(0x24, global);
}

function addLength(out: ByteWriter, global: number, asked: number, length: Length): void {
  out.indexed(0x23, global);
  out.indexed(0x20, asked);
  out.byte(0xad);
  length.cost(out);
  out.byte(0x7c);
  out.indexed(0x24, global);
}
