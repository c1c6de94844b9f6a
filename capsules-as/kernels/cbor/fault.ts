// What is wrong with an input. The numbers are known to host/kernel/cbor-fault.ts, which has the words for them.

export const TRUNCATED: u32 = 1;
export const TRAILING: u32 = 2;
export const RESERVED: u32 = 3;
export const BAD_SIMPLE: u32 = 4;
export const TOO_DEEP: u32 = 5;
export const BAD_UTF8: u32 = 6;
export const STRAY_BREAK: u32 = 7;
export const ODD_MAP: u32 = 8;
export const BAD_CHUNK: u32 = 9;
export const LONG_ARGUMENT: u32 = 10;
export const LONG_FLOAT: u32 = 11;
export const INDEFINITE: u32 = 12;
export const KEY_ORDER: u32 = 13;
export const DUPLICATE_KEY: u32 = 14;
export const KEY_FOR_JSON: u32 = 15;
export const JSON_ENDS: u32 = 16;
export const JSON_CHARACTER: u32 = 17;
export const JSON_ESCAPE: u32 = 18;
export const JSON_CONTROL: u32 = 19;
export const JSON_SURROGATE: u32 = 20;
export const JSON_NUMBER: u32 = 21;
export const JSON_RANGE: u32 = 22;

/** The fault of the last call; 0 when there was none. */
export let fault: u32 = 0;
/** The address of the last fault. */
export let faultAt: u32 = 0;

/** Notes a fault. Answers with the 0 that every reader gives back when it cannot go on. */
export function fail(code: u32, at: u32): u32 {
  fault = code;
  faultAt = at;
  return 0;
}

export function clearFault(): void {
  fault = 0;
}
