import type { StateView } from "../../contract/store.ts";
import { CborReader } from "../../ledger/cbor-reader.ts";
import { CborWriter } from "../../ledger/cbor-writer.ts";
import { WorkingState } from "../../store/working-state.ts";

/** What one pack holds, in entries and in bytes, about. */
const PACK_ENTRIES_MAX = 8_192;
const PACK_BYTES_MAX = 4_194_304;

/** A state as bytes, in packs: an engine has limits for one buffer. Each has memory of its own. */
export function packState(view: StateView): Uint8Array<ArrayBuffer>[] {
  const packs: Uint8Array<ArrayBuffer>[] = [];
  const out = new CborWriter();
  let entries = 0;
  let bytes = 0;
  const end = (): void => {
    if (entries > 0) packs.push(out.copy());
    entries = 0;
    bytes = 0;
  };
  out.begin();
  for (const [key, value] of view.scan("", undefined)) {
    out.text(key);
    out.bytes(value);
    entries += 1;
    bytes += value.length;
    if (entries >= PACK_ENTRIES_MAX || bytes >= PACK_BYTES_MAX) end();
  }
  end();
  return packs;
}

/** The state that was packed. */
export function unpackState(packs: readonly Uint8Array[], version: number): WorkingState {
  return WorkingState.of({ version, scan: () => entriesOf(packs) });
}

function* entriesOf(packs: readonly Uint8Array[]): Generator<readonly [string, Uint8Array]> {
  for (const pack of packs) {
    const input = new CborReader(pack);
    while (input.offset < pack.length) yield [input.text(), input.bytes()];
  }
}
