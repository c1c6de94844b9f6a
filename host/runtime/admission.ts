import { readEmbeddedManifest } from "../capability/embedded-manifest.ts";
import type { Dialect } from "../capability/dialect/dialect.ts";
import { dialectsOf } from "../capability/dialect/index.ts";
import { providedDialect } from "../capability/edge/provided-dialect.ts";
import type { Provided } from "../capability/edge/provided.ts";
import { checkGrants, type Grant, parseGrants } from "../capability/grant.ts";
import type { Need } from "../capability/interface.ts";
import { type CapsuleExportNames, capsuleExports, importedCapabilities } from "../capability/linkage.ts";
import { checkAskedFor, deriveManifest, parseManifest } from "../capability/manifest.ts";
import { settleLimits } from "../capability/resource-limits.ts";
import type { LoadOptions } from "../contract/host.ts";
import type { Manifest, ResourceLimits } from "../contract/manifest.ts";
import type { ModuleCache } from "../contract/module-cache.ts";
import type { Platform } from "../contract/platform.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import type { Use } from "../ledger/entry.ts";
import { type CapsuleComponent, capsuleComponent } from "./capsule-component.ts";
import { capsuleRules, policyIn } from "./capsule-rules.ts";

/** A component that may be run as a capsule, with what it may do. */
export interface Admission extends CapsuleComponent {
  readonly exports: CapsuleExportNames;
  /** The dialects that it may be written in. */
  readonly dialects: readonly Dialect[];
  /** What it uses that is not this project's own. */
  readonly uses: readonly Use[];
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
 * for what it imports, and be granted what it asks for.
 *
 * @throws DoterosError as `Host.load` says
 */
export async function admit(bytes: Uint8Array, options: LoadOptions, { platform, cache, provided }: AdmissionOffice): Promise<Admission> {
  const { manifest: given, grants: texts = [], config = {}, labels, limits: allowed = {} } = options;
  const grants = parseGrants(texts);
  const parsed = given === undefined ? undefined : parseManifest(given);
  const made = await capsuleComponent(bytes, platform, cache);
  const { component, bytes: kept, digest } = made;
  // Who carries a policy may ask it: it tells nothing that is not in the component.
  if (policyIn(kept) !== undefined) grants.push({ capability: "policy" });
  const own = providedDialect(component.imports, provided);
  const dialects = [...(await dialectsOf(component)), own];
  const exports = capsuleExports(component, dialects);
  const found = checkRights(importedCapabilities(component.imports, dialects), parsed ?? (await readEmbeddedManifest(kept)), digest, grants);
  const limits = settleLimits(found, allowed);
  const manifest = { ...found, limits: { ...found.limits, ...limits }, ...(labels === undefined ? {} : { labels: { ...found.labels, ...labels } }) };
  const rules = await capsuleRules(manifest, kept);
  return { ...made, exports, dialects, uses: own.uses, manifest, limits, config: new Map(Object.entries({ ...manifest.config, ...config })), rules };
}

function checkRights(imported: ReadonlyMap<Need, string>, given: Manifest | undefined, digest: string, grants: readonly Grant[]): Manifest {
  const manifest = given ?? deriveManifest(new Set(imported.keys()), digest, grants);
  checkAskedFor(manifest, imported);
  checkGrants(manifest, grants);
  return manifest;
}
