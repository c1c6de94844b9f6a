import { asksForOutside } from "../capability/asks-for-outside.ts";
import { readEmbeddedManifest } from "../capability/embedded-manifest.ts";
import { checkAskedFor, deriveManifest } from "../capability/asked-for.ts";
import type { Provided } from "../capability/edge/provided.ts";
import { checkGrants, parseGrants } from "../capability/grant.ts";
import { type Grant, NEEDS_PATTERN } from "../capability/grant-shape.ts";
import type { Need } from "../capability/interface.ts";
import { type CapsuleExportNames, capsuleExports, importedCapabilities } from "../capability/linkage.ts";
import { settleLimits } from "../capability/resource-limits.ts";
import type { LoadOptions } from "../contract/host.ts";
import type { Manifest, ResourceLimits } from "../contract/manifest.ts";
import type { ModuleCache } from "../contract/module-cache.ts";
import type { Platform } from "../contract/platform.ts";
import type { CapsuleRules } from "../contract/policy.ts";
import { type CapsuleComponent, capsuleComponent } from "./capsule-component.ts";
import { policyIn } from "./capsule-rules.ts";
import type { Composed } from "./composed.ts";
import { type Restraints, restraintsOf } from "./restraints.ts";
import { compositionOf } from "./component-for.ts";
import type { GrantedOutside } from "./granted-outside.ts";

/** A component that may be run as a capsule, with what it may do. */
export interface Admission extends CapsuleComponent {
  readonly exports: CapsuleExportNames;
  /** How often a message is tried when the manifest does not say; undefined for what holds where nobody says. */
  readonly attempts: number | undefined;
  /** What it is put together with; undefined when that is nothing. */
  readonly composition: Composed | undefined;
  /** Its manifest, with all limits that hold for it. */
  readonly manifest: Manifest;
  readonly limits: ResourceLimits;
  readonly config: ReadonlyMap<string, string>;
  /** The policy that it carries, when it asks for it. */
  readonly rules: CapsuleRules | undefined;
  /** What holds it back, when its manifest wants that. */
  readonly restraints: Restraints;
  /** What it may use of what lies outside; undefined for nothing. */
  readonly outside: GrantedOutside | undefined;
}

/** What a host has for those who want to be loaded. */
export interface AdmissionOffice {
  readonly platform: Platform;
  /** The rules of a capsule, of the policy that it carries. */
  readonly rules: (source: string | undefined) => Promise<CapsuleRules>;
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
export async function admit(bytes: Uint8Array, options: LoadOptions, { platform, rules: rulesOf, cache, provided }: AdmissionOffice): Promise<Admission> {
  const { manifest: given, grants: texts = [], config = {}, labels, limits: allowed, link = {}, call } = options;
  const grants = await parseGrants(texts);
  const parsed = given === undefined ? undefined : (await import("../capability/manifest.ts")).parseManifest(given);
  const made = await capsuleComponent(bytes, platform, { cache });
  const { component, bytes: own, digest, dialects } = made;
  // Who carries a policy may ask it: it tells nothing that is not in the component.
  if (policyIn(own) !== undefined) grants.push({ capability: "policy" });
  const linked = new Map<string, CapsuleComponent>();
  for (const [name, other] of Object.entries(link)) linked.set(name, await capsuleComponent(other, platform, { cache }));
  const composition = await compositionOf(made, { provided, linked });
  const exports = capsuleExports(component, dialects);
  const needs = await (composition?.needs() ?? importedCapabilities(component.imports, dialects));
  const said = parsed ?? (await readEmbeddedManifest(own));
  const rule = made.plugin === undefined && call === undefined && said?.plugin === undefined ? undefined : (await import("../capability/extism/index.ts")).admitPlugin(made, { said, call, grants, needs });
  const found = await checkRights(needs, said, digest, grants);
  if (allowed !== undefined) (await import("../capability/read-limits.ts")).checkAllowed(allowed);
  const limits = settleLimits(found, allowed ?? {});
  const manifest = {
    ...found,
    limits: found.limits === undefined ? limits : { ...found.limits, ...limits },
    ...(labels === undefined ? {} : { labels: { ...found.labels, ...labels } }),
    ...(rule === undefined ? {} : { plugin: rule }),
  };
  const rules = manifest.capabilities.policy === true ? await rulesOf(policyIn(own)) : undefined;
  const restraints = await restraintsOf(manifest.limits);
  const outside = asksForOutside(manifest) ? (await import("./granted-outside.ts")).grantedOutside(manifest, grants, platform) : undefined;
  // What a program did outside is done: it is run once, as a command is.
  const attempts = made.plugin !== undefined && rule === undefined ? 1 : exports.dialect?.attempts;
  return { ...made, exports, attempts, composition, manifest, limits, config: settingsOf({ ...manifest.config, ...config }), rules, restraints, outside: await outside };
}

const NO_SETTINGS: ReadonlyMap<string, string> = new Map();

function settingsOf(config: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const settings = Object.entries(config);
  return settings.length === 0 ? NO_SETTINGS : new Map(settings);
}

async function checkRights(imported: ReadonlyMap<Need, string>, given: Manifest | undefined, digest: string, grants: readonly Grant[]): Promise<Manifest> {
  const manifest = given ?? deriveManifest(new Set(imported.keys()), digest, grants, await outsideAmong(grants));
  checkAskedFor(manifest, imported);
  await checkGrants(manifest, grants);
  return manifest;
}

async function outsideAmong(grants: readonly Grant[]): Promise<Manifest["capabilities"] | undefined> {
  if (grants.every(({ capability }) => Object.hasOwn(NEEDS_PATTERN, capability))) return undefined;
  return (await import("../capability/outside-grant.ts")).outsideRequests(grants);
}
