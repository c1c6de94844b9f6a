import type { ByteWriter } from "../byte-writer.ts";
import type { ByteReader } from "../reader.ts";
import type { InstructionReader } from "./instruction-reader.ts";

const END = 0x0b;
const GLOBAL_GET = 0x23;

/** Steps over a constant expression. */
export function skipConstant(section: ByteReader, instructions: InstructionReader): void {
  instructions.position = section.position;
  do instructions.next();
  while (instructions.opcode !== END);
  section.position = instructions.position;
}

/** Copies a constant expression, with other indices for globals. */
export function copyConstant(
  section: ByteReader,
  instructions: InstructionReader,
  writer: ByteWriter,
  renumber: (global: number) => number,
): void {
  instructions.position = section.position;
  do {
    instructions.next();
    if (instructions.opcode === GLOBAL_GET) writer.indexed(GLOBAL_GET, renumber(instructions.first));
    else writer.copy(instructions.bytes, instructions.start, instructions.position);
  } while (instructions.opcode !== END);
  section.position = instructions.position;
}
