import { buffer } from "node:stream/consumers";
import { PAYLOAD_BYTES_MAX } from "../../contract/limits.ts";
import { readBytes } from "../file.ts";

const FILE = "@";

/**
 * What `--input` gives to a function: the text itself, the bytes of a file for `@FILE`, or standard input for `-`. A file needs its
 * `@`: a text that happens to be the name of one, or the name of one that is not there, would be taken for something else.
 *
 * @throws DoterosError `unreadable-input` or `limit-exceeded`
 */
export async function readCallInput(input = ""): Promise<Uint8Array> {
  if (input === "-") return buffer(process.stdin);
  if (input.startsWith(FILE)) return readBytes(input.slice(FILE.length), "the input", PAYLOAD_BYTES_MAX);
  return Buffer.from(input);
}
