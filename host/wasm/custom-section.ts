import { DoterosError } from "../contract/error.ts";
import { ByteReader } from "./reader.ts";

const PREAMBLE_BYTES = 8;

/** The text of the first custom section of that name; undefined when there is none, or the bytes are no binary. */
export function customSection(bytes: Uint8Array, name: string): string | undefined {
  try {
    for (const reader = new ByteReader(bytes, PREAMBLE_BYTES, bytes.length); !reader.done; ) {
      const id = reader.byte();
      const size = reader.u32();
      const end = reader.position + size;
      if (id === 0 && reader.name() === name) return new TextDecoder().decode(bytes.subarray(reader.position, end));
      reader.position = end;
    }
  } catch (error) {
    // What is wrong with it is said by who compiles it.
    if (!(error instanceof DoterosError)) throw error;
  }
  return undefined;
}
