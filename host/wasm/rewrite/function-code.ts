import type { ByteWriter } from "../byte-writer.ts";

// The few instructions that added code is made of.
export const UNREACHABLE = 0x00;
export const IF = 0x04;
export const ELSE = 0x05;
export const END = 0x0b;
export const BLOCK = 0x02;
export const SELECT = 0x1b;
export const LOCAL_GET = 0x20;
export const LOCAL_SET = 0x21;
export const LOCAL_TEE = 0x22;
export const GLOBAL_GET = 0x23;
export const GLOBAL_SET = 0x24;
export const I32_CONST = 0x41;
export const I64_CONST = 0x42;
export const EMPTY = 0x40;
export const I32_NE = 0x47;
export const I32_LT_S = 0x48;
export const I32_LE_U = 0x4d;
export const I64_NE = 0x52;
export const I64_LT_S = 0x53;
export const I64_LT_U = 0x54;
export const I64_LE_U = 0x58;
export const I32_SUB = 0x6b;
export const I64_SUB = 0x7d;
export const I64_MUL = 0x7e;
export const I64_SHL = 0x86;
export const I64_SHR_U = 0x88;
export const I32_WRAP = 0xa7;
export const I64_EXTEND_U = 0xad;

/** A constant. */
export function constant(writer: ByteWriter, opcode: number, value: number): void {
  writer.byte(opcode);
  writer.signed(value);
}

/** The indices of the counters among the globals of a rewritten module; undefined for those that it has not. */
export interface CounterIndices {
  readonly fuel: number | undefined;
  readonly stack: number | undefined;
  readonly memory: number | undefined;
  readonly table: number | undefined;
  readonly refused: number | undefined;
}
