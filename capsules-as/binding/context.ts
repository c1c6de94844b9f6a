import { ANSWER } from "./fault";
import { contextConfig } from "./imports";
import { addressOf, bytesOf, textAt } from "./text";

/** The value of the setting `key`, or null when the operator gave none. */
export function config(key: string): string | null {
  const name = bytesOf(key);
  contextConfig(addressOf(name), name.byteLength, ANSWER);
  return load<u8>(ANSWER) == 0 ? null : textAt(load<usize>(ANSWER, 4), load<usize>(ANSWER, 8));
}
