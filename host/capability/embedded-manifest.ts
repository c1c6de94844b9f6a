import { DoterosError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import { ByteReader } from "../wasm/reader.ts";
import { parseManifest } from "./manifest.ts";

/** The custom section of a component that has its manifest, as the text of `capsule.yaml`. */
export const MANIFEST_SECTION = "doteros:manifest";
const PREAMBLE_BYTES = 8;

/** The text of the manifest that a component carries; undefined when it has none, or is no component. */
export function manifestIn(bytes: Uint8Array): string | undefined {
  try {
    for (const reader = new ByteReader(bytes, PREAMBLE_BYTES, bytes.length); !reader.done; ) {
      const id = reader.byte();
      const size = reader.u32();
      const end = reader.position + size;
      if (id === 0 && reader.name() === MANIFEST_SECTION) return new TextDecoder().decode(bytes.subarray(reader.position, end));
      reader.position = end;
    }
  } catch (error) {
    // What is wrong with it is said by who compiles it.
    if (!(error instanceof DoterosError)) throw error;
  }
  return undefined;
}

/**
 * The manifest that a component carries; undefined when it has none. YAML is loaded for those that have one.
 *
 * @throws DoterosError `invalid-manifest`
 */
export async function readEmbeddedManifest(bytes: Uint8Array): Promise<Manifest | undefined> {
  const text = manifestIn(bytes);
  if (text === undefined) return undefined;
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("invalid-manifest", `the manifest in the component is not YAML: ${reason}`, { where: MANIFEST_SECTION, cause, help: "build the component again" });
  }
  return parseManifest(value);
}
