import { DoterosError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import { customSection } from "../wasm/custom-section.ts";

/** The custom section of a component that has its manifest, as the text of `capsule.yaml`. */
export const MANIFEST_SECTION = "doteros:manifest";

/** The text of the manifest that a component carries; undefined when it has none, or is no component. */
export function manifestIn(bytes: Uint8Array): string | undefined {
  return customSection(bytes, MANIFEST_SECTION);
}

/**
 * The manifest that a component carries; undefined when it has none. What reads it is loaded for those that have one.
 *
 * @throws DoterosError `invalid-manifest`
 */
export async function readEmbeddedManifest(bytes: Uint8Array): Promise<Manifest | undefined> {
  const text = manifestIn(bytes);
  if (text === undefined) return undefined;
  const [{ parse }, { parseManifest }] = await Promise.all([import("yaml"), import("./manifest.ts")]);
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("invalid-manifest", `the manifest in the component is not YAML: ${reason}`, { where: MANIFEST_SECTION, cause, help: "build the component again" });
  }
  return parseManifest(value);
}
