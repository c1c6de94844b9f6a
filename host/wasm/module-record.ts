import type { Metering } from "./rewrite/rewritten-module.ts";

/** The length of what is said of a module, in bytes, comes first: as many bytes as that takes. */
const LENGTH_BYTES = 4;

/** Writes a module and what is to be known of it as one piece. */
export function writeModuleRecord(metering: Metering, bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify(metering));
  const record = new Uint8Array(LENGTH_BYTES + head.length + bytes.length);
  new DataView(record.buffer).setUint32(0, head.length);
  record.set(head, LENGTH_BYTES);
  record.set(bytes, LENGTH_BYTES + head.length);
  return record;
}

/** Reads that; undefined when it is none, or not whole. What it says is believed. */
export function readModuleRecord(record: Uint8Array): { readonly metering: Metering; readonly bytes: Uint8Array } | undefined {
  if (record.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + new DataView(record.buffer, record.byteOffset).getUint32(0);
  try {
    const metering = JSON.parse(new TextDecoder().decode(record.subarray(LENGTH_BYTES, end))) as Metering;
    const bytes = record.subarray(end);
    return WebAssembly.validate(bytes) ? { metering, bytes } : undefined;
  } catch {
    return undefined;
  }
}
