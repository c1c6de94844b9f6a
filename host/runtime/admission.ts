import { readEmbeddedManifest } from "../capability/embedded-manifest.ts";
import { checkGrants, type Grant, parseGrants } from "../capability/grant.ts";
import { type CapsuleExportNames, capsuleExports, importedCapabilities } from "../capability/linkage.ts";
import { checkAskedFor, deriveManifest, parseManifest } from "../capability/manifest.ts";
import { type Component, compileComponent } from "../component/index.ts";
import type { LoadOptions } from "../contract/host.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { Platform } from "../contract/platform.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import { capsuleRules, policyIn } from "./capsule-rules.ts";
import { hexOf } from "./hex.ts";

/** A component that may be run as a capsule, with what it may do. */
export interface Admission {
  readonly component: Component;
  /** A copy of the component's bytes. */
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly exports: CapsuleExportNames;
  readonly manifest: Manifest;
  readonly config: ReadonlyMap<string, string>;
  /** The policy that it carries, when it asks for it. */
  readonly rules: CapsuleRules | undefined;
}

/**
 * Reads a component and decides whether it may run: it must be a capsule, import only what there is, ask in its manifest
 * for what it imports, and be granted what it asks for.
 *
 * @throws DoterosError as `Host.load` says
 */
export async function admit(bytes: Uint8Array, options: LoadOptions, platform: Platform): Promise<Admission> {
  const { manifest: given, grants: texts = [], config = {} } = options;
  const grants = parseGrants(texts);
  // A copy, because the caller's bytes may change while they are compiled, and what is kept is what was compiled.
  const own = new Uint8Array(bytes);
  const parsed = given === undefined ? await readEmbeddedManifest(own) : parseManifest(given);
  // Who carries a policy may ask it: it tells nothing that is not in the component.
  if (policyIn(own) !== undefined) grants.push({ capability: "policy" });
  const component = await compileComponent(own);
  const exports = capsuleExports(component.exports);
  const digest = hexOf(platform.sha256(own));
  const manifest = checkRights(component, parsed, digest, grants);
  const rules = await capsuleRules(manifest, own);
  return { component, bytes: own, digest, exports, manifest, config: new Map(Object.entries({ ...manifest.config, ...config })), rules };
}

function checkRights(component: Component, given: Manifest | undefined, digest: string, grants: readonly Grant[]): Manifest {
  const imported = importedCapabilities(component.imports);
  const manifest = given ?? deriveManifest(new Set(imported.keys()), digest, grants);
  checkAskedFor(manifest, imported);
  checkGrants(manifest, grants);
  return manifest;
}
