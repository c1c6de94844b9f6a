import { checkGrants, type Grant, parseGrants } from "../capability/grant.ts";
import { type CapsuleExportNames, capsuleExports, importedCapabilities } from "../capability/linkage.ts";
import { checkAskedFor, deriveManifest, parseManifest } from "../capability/manifest.ts";
import { type Component, compileComponent } from "../component/index.ts";
import type { LoadOptions } from "../contract/host.ts";
import type { Manifest } from "../contract/manifest.ts";

/** A component that may be run as a capsule, with what it may do. */
export interface Admission {
  readonly component: Component;
  readonly digest: string;
  readonly exports: CapsuleExportNames;
  readonly manifest: Manifest;
  readonly config: ReadonlyMap<string, string>;
}

/**
 * Reads a component and decides whether it may run: it must be a capsule, import only what there is, ask in its manifest
 * for what it imports, and be granted what it asks for.
 *
 * @throws DoterosError as `Host.load` says
 */
export async function admit(bytes: Uint8Array, { manifest: given, grants: texts = [], config = {} }: LoadOptions): Promise<Admission> {
  const grants = parseGrants(texts);
  const parsed = given === undefined ? undefined : parseManifest(given);
  // One copy for both, because the caller's bytes may change while the digest is computed.
  const own = new Uint8Array(bytes);
  const component = await compileComponent(own);
  const exports = capsuleExports(component.exports);
  const digest = await sha256(own);
  const manifest = checkRights(component, parsed, digest, grants);
  return { component, digest, exports, manifest, config: new Map(Object.entries({ ...manifest.config, ...config })) };
}

function checkRights(component: Component, given: Manifest | undefined, digest: string, grants: readonly Grant[]): Manifest {
  const imported = importedCapabilities(component.imports);
  const manifest = given ?? deriveManifest(new Set(imported.keys()), digest, grants);
  checkAskedFor(manifest, imported);
  checkGrants(manifest, grants);
  return manifest;
}

/** The SHA-256 of some bytes, 64 lower-case hexadecimal digits. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
