import type { ByteWriter } from "../byte-writer.ts";
import * as code from "./function-code.ts";

const F32_EQ = 0x5b;
const F64_EQ = 0x61;
const F32_NAN = Uint8Array.of(0x43, 0x00, 0x00, 0xc0, 0x7f);
const F64_NAN = Uint8Array.of(0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f);
const F32X4_NAN = vector(F32_NAN);
const F64X2_NAN = vector(F64_NAN);
const NANS = [F32_NAN, F64_NAN, F32X4_NAN, F64X2_NAN];
const F32X4_EQ = Uint8Array.of(0xfd, 0x41);
const F64X2_EQ = Uint8Array.of(0xfd, 0x47);
const BITSELECT = Uint8Array.of(0xfd, 0x52);

/** A constant of four or two times the same number. */
function vector(scalar: Uint8Array): Uint8Array {
  const lane = scalar.subarray(1);
  return Uint8Array.from([0xfd, 0x0c, ...Array.from({ length: 16 / lane.length }, () => [...lane]).flat()]);
}

/**
 * Makes every NaN on top of the stack the one whose sign is plus and whose payload is a one and zeros. Everything else is equal to
 * itself and stays.
 *
 * @param kind 1 f32, 2 f64, 3 f32x4, 4 f64x2
 */
export function canonicalise(writer: ByteWriter, kind: number, local: number): void {
  writer.indexed(code.LOCAL_TEE, local);
  put(writer, NANS[kind - 1] as Uint8Array);
  writer.indexed(code.LOCAL_GET, local);
  writer.indexed(code.LOCAL_GET, local);
  if (kind <= 2) writer.pair(kind === 1 ? F32_EQ : F64_EQ, code.SELECT);
  else {
    put(writer, kind === 3 ? F32X4_EQ : F64X2_EQ);
    put(writer, BITSELECT);
  }
}

function put(writer: ByteWriter, bytes: Uint8Array): void {
  writer.copy(bytes, 0, bytes.length);
}
