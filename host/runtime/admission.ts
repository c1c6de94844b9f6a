import { readEmbeddedManifest } from "../capability/embedded-manifest.ts";
import type { Provided } from "../capability/edge/provided.ts";
import { checkGrants, type Grant, parseGrants } from "../capability/grant.ts";
import type { Need } from "../capability/interface.ts";
import { type CapsuleExportNames, capsuleExports } from "../capability/linkage.ts";
import { checkAskedFor, deriveManifest, parseManifest } from "../capability/manifest.ts";
import { settleLimits } from "../capability/resource-limits.ts";
import type { LoadOptions } from "../contract/host.ts";
import type { Manifest, ResourceLimits } from "../contract/manifest.ts";
import type { ModuleCache } from "../contract/module-cache.ts";
import type { Platform } from "../contract/platform.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import { type CapsuleComponent, capsuleComponent } from "./capsule-component.ts";
import { capsuleRules, policyIn } from "./capsule-rules.ts";
import { compose, needsOf, type Part } from "./composition.ts";

/** A component that may be run as a capsule, with what it may do. */
export interface Admission extends CapsuleComponent {
  readonly exports: CapsuleExportNames;
  /** The component and those it is linked to, each after those that it needs: it is the last one. */
  readonly parts: readonly Part[];
  /** Its manifest, with all limits that hold for it. */
  readonly manifest: Manifest;
  readonly limits: ResourceLimits;
  readonly config: ReadonlyMap<string, string>;
  /** The policy that it carries, when it asks for it. */
  readonly rules: CapsuleRules | undefined;
}

/** What a host has for those who want to be loaded. */
export interface AdmissionOffice {
  readonly platform: Platform;
  readonly cache: ModuleCache | undefined;
  /** The interfaces that the host's user provides. */
  readonly provided: readonly Provided[];
}

/**
 * Reads a component and decides whether it may run: it must be a capsule, import only what there is, ask in its manifest
 * for what it imports, and be granted what it asks for; and so must those that it is linked to.
 *
 * @throws DoterosError as `Host.load` says
 */
export async function admit(bytes: Uint8Array, options: LoadOptions, { platform, cache, provided }: AdmissionOffice): Promise<Admission> {
  const { manifest: given, grants: texts = [], config = {}, labels, limits: allowed = {}, link = {} } = options;
  const grants = parseGrants(texts);
  const parsed = given === undefined ? undefined : parseManifest(given);
  const made = await capsuleComponent(bytes, platform, cache);
  const { component, bytes: own, digest } = made;
  // Who carries a policy may ask it: it tells nothing that is not in the component.
  if (policyIn(own) !== undefined) grants.push({ capability: "policy" });
  const linked = new Map<string, CapsuleComponent>();
  for (const [name, other] of Object.entries(link)) linked.set(name, await capsuleComponent(other, platform, cache));
  const parts = await compose(made, { provided, linked });
  const exports = capsuleExports(component, (parts.at(-1) as Part).dialects);
  const found = checkRights(needsOf(parts), parsed ?? (await readEmbeddedManifest(own)), digest, grants);
  const limits = settleLimits(found, allowed);
  const manifest = { ...found, limits: { ...found.limits, ...limits }, ...(labels === undefined ? {} : { labels: { ...found.labels, ...labels } }) };
  const rules = await capsuleRules(manifest, own);
  return { ...made, exports, parts, manifest, limits, config: new Map(Object.entries({ ...manifest.config, ...config })), rules };
}

function checkRights(imported: ReadonlyMap<Need, string>, given: Manifest | undefined, digest: string, grants: readonly Grant[]): Manifest {
  const manifest = given ?? deriveManifest(new Set(imported.keys()), digest, grants);
  checkAskedFor(manifest, imported);
  checkGrants(manifest, grants);
  return manifest;
}
