import type { ByteWriter } from "../byte-writer.ts";
import * as code from "./function-code.ts";
import { REFUSED_MEMORY, REFUSED_TABLE } from "./counters.ts";
import { PAGES, WIDE } from "./function-plan.ts";

/**
 * Before a memory or a table grows: asks for more than there can be when more is asked for than the counter has left, so that
 * the engine answers -1. `asked` is a local for what was asked for.
 */
export function boundGrowth(writer: ByteWriter, counter: number, asked: number, flags: number): void {
  writer.indexed(code.LOCAL_TEE, asked);
  code.constant(writer, flags & WIDE ? code.I64_CONST : code.I32_CONST, -1);
  writer.indexed(code.LOCAL_GET, asked);
  writer.indexed(code.GLOBAL_GET, counter);
  if (flags & WIDE) writer.pair(code.I64_EXTEND_U, code.I64_LE_U);
  else writer.byte(code.I32_LE_U);
  writer.byte(code.SELECT);
}

/** After it: does what `grown` adds, or `refused` when the engine answered -1. `answer` is a local for the engine's answer. */
export function whenGrown(writer: ByteWriter, answer: number, flags: number, grown: () => void, refused: (() => void) | undefined): void {
  writer.indexed(code.LOCAL_TEE, answer);
  code.constant(writer, flags & WIDE ? code.I64_CONST : code.I32_CONST, -1);
  writer.byte(flags & WIDE ? code.I64_NE : code.I32_NE);
  writer.pair(code.IF, code.EMPTY);
  grown();
  if (refused !== undefined) {
    writer.byte(code.ELSE);
    refused();
  }
  writer.byte(code.END);
  writer.indexed(code.LOCAL_GET, answer);
}

/** Notes that a memory, or a table, was not allowed to grow. */
export function noteRefusal(writer: ByteWriter, counter: number, flags: number): void {
  code.constant(writer, code.I32_CONST, flags & PAGES ? REFUSED_MEMORY : REFUSED_TABLE);
  writer.indexed(code.GLOBAL_SET, counter);
}

/** Takes what it has grown by from the counter. */
export function takeGrowth(writer: ByteWriter, counter: number, asked: number, flags: number): void {
  writer.indexed(code.GLOBAL_GET, counter);
  writer.indexed(code.LOCAL_GET, asked);
  if (flags & WIDE) writer.byte(code.I32_WRAP);
  writer.byte(code.I32_SUB);
  writer.indexed(code.GLOBAL_SET, counter);
}
