import { DoterosError } from "../../contract/error.ts";

// A row of versions: the values that a key had from some version of the state on, in the order of the versions. Each is the
// version (6 bytes, little-endian), the length of the value (4 bytes, little-endian; REMOVED where there was none) and the value.

const VERSION_BYTES = 6;
const LENGTH_BYTES = 4;
const HEAD_BYTES = VERSION_BYTES + LENGTH_BYTES;
const REMOVED = 0xffff_ffff;

/** The value that a key has from a version on, undefined for none. */
export interface VersionedValue {
  readonly version: number;
  readonly value: Uint8Array | undefined;
}

/** The values of one key as a row. Versions are less than 2^48. */
export function versionRow(values: readonly VersionedValue[]): Buffer {
  const row = Buffer.allocUnsafe(values.reduce((sum, { value }) => sum + HEAD_BYTES + (value?.length ?? 0), 0));
  let at = 0;
  for (const { version, value } of values) {
    at = row.writeUIntLE(version, at, VERSION_BYTES);
    at = row.writeUInt32LE(value === undefined ? REMOVED : value.length, at);
    if (value === undefined) continue;
    row.set(value, at);
    at += value.length;
  }
  return row;
}

/**
 * The value at a version, as a view of the row, which begins with that version or an earlier one.
 *
 * @throws DoterosError `store-damaged` when the row is cut short
 */
export function valueIn(row: Buffer, version: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (let at = 0; at < row.length; ) {
    const begin = at + HEAD_BYTES;
    if (begin > row.length) throw damaged();
    if (row.readUIntLE(at, VERSION_BYTES) > version) break;
    const length = row.readUInt32LE(at + VERSION_BYTES);
    at = length === REMOVED ? begin : begin + length;
    if (at > row.length) throw damaged();
    found = length === REMOVED ? undefined : row.subarray(begin, at);
  }
  return found;
}

function damaged(): DoterosError {
  return new DoterosError("store-damaged", "the versions of a key are cut short in the store", {
    help: "nothing was changed; put back a copy of the folder, or import an export of the ledger into a new one",
  });
}
