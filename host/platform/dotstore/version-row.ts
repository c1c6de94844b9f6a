// A row of versions: the values that a key had from some version of the state on, in the order of the versions. Each is the
// version (6 bytes, little-endian), the length of the value (4 bytes, little-endian; REMOVED where there was none) and the value.

const VERSION_BYTES = 6;
const LENGTH_BYTES = 4;
const REMOVED = 0xffff_ffff;

/** The value that a key has from a version on, undefined for none. */
export interface VersionedValue {
  readonly version: number;
  readonly value: Uint8Array | undefined;
}

/** The values of one key as a row. Versions are less than 2^48. */
export function versionRow(values: readonly VersionedValue[]): Buffer {
  const row = Buffer.allocUnsafe(values.reduce((sum, { value }) => sum + VERSION_BYTES + LENGTH_BYTES + (value?.length ?? 0), 0));
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

/** The value at a version, as a view of the row, which begins with that version or an earlier one. */
export function valueIn(row: Buffer, version: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (let at = 0; at < row.length && row.readUIntLE(at, VERSION_BYTES) <= version; ) {
    const begin = at + VERSION_BYTES + LENGTH_BYTES;
    const length = row.readUInt32LE(begin - LENGTH_BYTES);
    at = length === REMOVED ? begin : begin + length;
    found = length === REMOVED ? undefined : row.subarray(begin, at);
  }
  return found;
}
