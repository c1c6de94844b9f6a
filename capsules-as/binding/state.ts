import { ANSWER, Fault, faultOfAnswer } from "./fault";
import { stateGet, statePut } from "./imports";
import { addressOf, bytesOf } from "./text";

/** A value as `get` finds it: bytes in the message's arena, the reader's own copy to change. */
export class Value {
  /** False when the key has no value. */
  found: bool = false;
  pointer: usize = 0;
  /** In bytes. */
  length: usize = 0;
}

/** Reads the value of `key` into `value`. */
export function get(key: string, value: Value): Fault | null {
  const name = bytesOf(key);
  stateGet(addressOf(name), name.byteLength, ANSWER);
  const fault = faultOfAnswer();
  if (fault !== null) return fault;
  value.found = load<u8>(ANSWER, 4) != 0;
  if (value.found) {
    value.pointer = load<usize>(ANSWER, 8);
    value.length = load<usize>(ANSWER, 12);
  }
  return null;
}

/** Makes the `length` bytes at `pointer` the value of `key`. */
export function put(key: string, pointer: usize, length: usize): Fault | null {
  const name = bytesOf(key);
  statePut(addressOf(name), name.byteLength, pointer, length, ANSWER);
  return faultOfAnswer();
}
